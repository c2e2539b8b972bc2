import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Rejects with `UnverifiedPeerError` unless our software is at the other end. Leaves the connection as it was. */
export type VerifyPeer = (socket: Socket) => Promise<void>;

/**
 * Agent that verifies the peer of each connection once, before its first use. No inputs go to another program on the
 * port, and a call on an open connection costs no further request.
 */
export class VerifiedAgent extends Agent {
  constructor(
    private readonly verify: VerifyPeer,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const socket = connect(options as NetConnectOpts); // the agent adds host and port
    this.verify(socket).then(
      () => callback?.(null, socket),
      (error: Error) => {
        socket.destroy();
        callback?.(error, socket);
      },
    );
  }
}

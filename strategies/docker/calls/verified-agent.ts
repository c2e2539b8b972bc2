import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Rejects with `Stranger` unless the software that is called is at the other end, and leaves the connection as it was. */
export type VerifyPeer = (socket: Socket) => Promise<void>;

/**
 * Connections of which it is asked who answers before they are used, once: no inputs go to whatever has the port by now, and
 * a call on a connection that is there costs no further request.
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
    const socket = connect(options as NetConnectOpts); // the agent's own, with host and port
    this.verify(socket).then(
      () => callback?.(null, socket),
      (error: Error) => {
        socket.destroy();
        callback?.(error, socket);
      },
    );
  }
}

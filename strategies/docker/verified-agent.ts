import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { callHttp } from '../../src/runners/http-call.js';
import { probePatience } from './probe.js';

/** Of a connection at whose other end is not the software that was called. */
export class Stranger extends Error {}

/**
 * Connections to our host program. Each is asked who answers before it is used, once: no inputs go to whatever has the port
 * by now, and a call on a connection that is there costs no further request.
 */
export class VerifiedAgent extends Agent {
  constructor(
    private readonly tokenHash: string,
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

  private async verify(socket: Socket): Promise<void> {
    const asking = new Agent({ keepAlive: true });
    asking.createConnection = () => socket;
    const isFree = new Promise<void>((resolve) => socket.once('free', resolve));
    const isClosed = new Promise<never>((_resolve, reject) =>
      socket.once('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }))),
    );
    isClosed.catch(() => undefined); // it is closed at the end of its life, too
    const late = AbortSignal.timeout(probePatience);
    const asked = callHttp({ url: 'http://localhost/healthz', agent: asking, signal: late });
    const { headers } = await asked.catch((error: Error) => {
      throw late.aborted ? new Stranger('nobody says who answers') : error;
    });
    if (headers['berth-token'] !== this.tokenHash) throw new Stranger('something else answers');
    await Promise.race([isFree, isClosed]);
    socket.emit('agentRemove'); // Node's way to take a connection from its agent, which would close it when it is idle
  }
}

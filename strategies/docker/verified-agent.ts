import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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
    const head = await askWho(socket);
    const token = /^berth-token: *(\S+)/im.exec(head)?.[1];
    if (token !== this.tokenHash) throw new Stranger('something else answers');
  }
}

/** The head of the reply to a request without any content, which has been read whole then. */
function askWho(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [head = '', body] = text.split(/\r\n\r\n(.*)/s);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (body !== undefined && body.length >= length) end(() => resolve(head));
    };
    const fail = (error: Error) => end(() => reject(error));
    const close = () => fail(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    const timer = setTimeout(() => fail(new Stranger('nobody says who answers')), probePatience);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.off('data', read).off('error', fail).off('close', close);
      settle();
    };
    socket.on('data', read).on('error', fail).on('close', close);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
}

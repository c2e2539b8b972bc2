import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type Docker from 'dockerode';
import { Stranger } from '../../src/runners/call-deadline.js';
import type { DockerHandle } from './docker-handle.js';
import { probePatience } from './probe.js';
import type { Verify } from './verified-agent.js';

/** Our host program says by this start's token who it is. No inputs are sent until it has: whatever fails here is a stranger. */
export const askHost =
  (url: string, tokenHash: string): Verify =>
  async (socket) => {
    const late = AbortSignal.timeout(probePatience);
    const token = await askToken(socket, late).catch((error: Error) => {
      throw new Stranger(late.aborted ? `nobody says who answers at ${url}` : error.message);
    });
    if (token !== tokenHash) throw new Stranger(`something else answers at ${url}`);
    if (socket.destroyed) throw new Stranger(`the connection to ${url} was closed`);
  };

/** Without an agent, which would take the connection for its own; resolves when the connection is free again. */
function askToken(socket: Socket, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let token: unknown;
    const headers = { host: 'localhost', connection: 'keep-alive' };
    const asked = request({ path: '/healthz', headers, signal, createConnection: () => socket }, (response) => {
      token = response.headers['berth-token'];
      response.on('error', reject).resume();
    });
    asked.on('error', reject).on('close', () => resolve(token));
    asked.end();
  });
}

/** Of a server of the repository's own the engine says whether it has the port: on the wire nothing tells. */
export function askEngine({ url, engine: address, container }: DockerHandle): Verify {
  let engine: Promise<Docker> | undefined;
  return async (socket) => {
    await untilConnected(socket);
    engine ??= import('../../src/runners/containers/index.js').then(({ openEngine }) => openEngine(address));
    const details = await inspect(engine, container).catch((error: Error) => {
      engine = undefined;
      throw new Stranger(`nobody says who answers at ${url}: ${error.message}`);
    });
    if (details === undefined || !details.State.Running || !isPublished(details, new URL(url).port))
      throw new Stranger(`something else answers at ${url}`);
  };
}

async function untilConnected(socket: Socket): Promise<void> {
  if (socket.connecting) await once(socket, 'connect');
}

async function inspect(opening: Promise<Docker>, container: string): Promise<Docker.ContainerInspectInfo | undefined> {
  const [engine, { orMissing }] = await Promise.all([opening, import('../../src/runners/containers/index.js')]);
  return await orMissing(engine.getContainer(container).inspect());
}

const isPublished = ({ NetworkSettings }: Docker.ContainerInspectInfo, port: string): boolean =>
  Object.values(NetworkSettings.Ports).some((bindings) => bindings?.some(({ HostPort }) => HostPort === port));

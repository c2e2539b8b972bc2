import { once } from 'node:events';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type Docker from 'dockerode';
import { Stranger } from '../../src/runners/call-deadline.js';
import { callHttp } from '../../src/runners/http-call.js';
import type { DockerHandle } from './docker-handle.js';
import { probePatience } from './probe.js';
import type { Verify } from './verified-agent.js';

/** Our host program says by this start's token who it is. No inputs are sent until it has: whatever fails here is a stranger. */
export const askHost =
  (url: string, tokenHash: string): Verify =>
  async (socket) => {
    const asking = new Agent({ keepAlive: true });
    asking.createConnection = () => socket;
    const isFree = new Promise<void>((resolve) => socket.once('free', resolve));
    const isClosed = new Promise<never>((_resolve, reject) =>
      socket.once('close', () => reject(new Stranger(`the connection to ${url} was closed`))),
    );
    isClosed.catch(() => undefined); // it is closed at the end of its life, too
    const late = AbortSignal.timeout(probePatience);
    const asked = callHttp({ url: 'http://localhost/healthz', agent: asking, signal: late });
    const { headers } = await asked.catch((error: Error) => {
      throw new Stranger(late.aborted ? `nobody says who answers at ${url}` : error.message);
    });
    if (headers['berth-token'] !== tokenHash) throw new Stranger(`something else answers at ${url}`);
    await Promise.race([isFree, isClosed]);
    socket.emit('agentRemove'); // Node's way to take a connection from its agent, which would close it when it is idle
  };

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

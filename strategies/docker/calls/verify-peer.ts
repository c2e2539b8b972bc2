import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import type Docker from 'dockerode';
import { UnverifiedPeerError } from '../../../src/runners/call-deadline.js';
import { probeTimeout } from '../container/probe-container.js';
import type { DockerHandle } from '../docker-handle.js';
import type { VerifyPeer } from './verified-agent.js';

/**
 * Verifies Berth's host program by this start's token. No inputs are sent before that: any failure here means another
 * peer.
 */
export const createHostVerifier =
  (url: string, tokenHash: string): VerifyPeer =>
  async (socket) => {
    const late = AbortSignal.timeout(probeTimeout);
    const token = await requestToken(socket, late).catch((error: Error) => {
      throw new UnverifiedPeerError(late.aborted ? `the server at ${url} did not identify itself` : error.message);
    });
    if (token !== tokenHash) throw new UnverifiedPeerError(`something else answers at ${url}`);
    if (socket.destroyed) throw new UnverifiedPeerError(`the connection to ${url} was closed`);
  };

/** Requests without an agent, which would take over the connection. Resolves when the connection is free again. */
function requestToken(socket: Socket, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let token: unknown;
    const headers = { host: 'localhost', connection: 'keep-alive' };
    const probe = request({ path: '/healthz', headers, signal, createConnection: () => socket }, (response) => {
      token = response.headers['berth-token'];
      response.on('error', reject).resume();
    });
    probe.on('error', reject).on('close', () => resolve(token));
    probe.end();
  });
}

/**
 * Verifies the image's own server by the engine, which knows the port's owner: the protocol does not identify it.
 */
export function createEngineVerifier({ url, engine: address, container }: DockerHandle): VerifyPeer {
  let engine: Promise<Docker> | undefined;
  return async (socket) => {
    await waitUntilConnected(socket);
    engine ??= import('../../../src/runners/containers/index.js').then(({ openEngine }) => openEngine(address));
    const details = await inspectContainer(engine, container).catch((error: Error) => {
      engine = undefined;
      throw new UnverifiedPeerError(`the server at ${url} did not identify itself: ${error.message}`);
    });
    if (details === undefined || !details.State.Running || !isPublished(details, new URL(url).port))
      throw new UnverifiedPeerError(`something else answers at ${url}`);
  };
}

async function waitUntilConnected(socket: Socket): Promise<void> {
  if (socket.connecting) await once(socket, 'connect');
}

async function inspectContainer(
  opening: Promise<Docker>,
  container: string,
): Promise<Docker.ContainerInspectInfo | undefined> {
  const [engine, { ignoreMissing }] = await Promise.all([opening, import('../../../src/runners/containers/index.js')]);
  return await ignoreMissing(engine.getContainer(container).inspect());
}

const isPublished = ({ NetworkSettings }: Docker.ContainerInspectInfo, port: string): boolean =>
  Object.values(NetworkSettings.Ports).some((bindings) => bindings?.some(({ HostPort }) => HostPort === port));

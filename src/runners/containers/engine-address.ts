import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { getCallAddress, getListenAddress } from '../http/server-address.js';

/** Lists the sockets of Docker, rootless Docker, and Docker Desktop. */
const listSocketPaths = (environment: NodeJS.ProcessEnv): string[] => [
  '/var/run/docker.sock',
  ...(environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'docker.sock')] : []),
  join(homedir(), '.docker', 'run', 'docker.sock'),
];

/** Finds the address of the container engine: `DOCKER_HOST` if it is set, else the first socket that exists. */
export function findEngineAddress(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.DOCKER_HOST) return environment.DOCKER_HOST;
  const sockets = listSocketPaths(environment);
  return `unix://${sockets.find((socket) => existsSync(socket)) ?? sockets[0]}`;
}

/** Addresses of a container's published port. */
export interface PublishedAddress {
  /** Address of the engine's machine at which the port listens. */
  listen: string;
  /** Address or name by which this machine reaches it. */
  call: string;
  /** Address to show to the user. */
  displayAddress: string;
}

/**
 * Chooses loopback, or the exposed address.
 *
 * @throws EXPOSE_NEEDED when the engine is on another machine, whose loopback is unreachable from here.
 */
export function choosePublishedAddress(address: string, plan: Pick<RunPlan, 'expose'>): PublishedAddress {
  const { protocol, hostname } = new URL(address);
  const listen = getListenAddress(plan);
  const isLocal = protocol === 'unix:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const call = getCallAddress(listen);
  if (isLocal) return { listen, call, displayAddress: listen };
  const remoteAddress = call === listen ? listen : hostname;
  if (plan.expose !== undefined) return { listen, call: remoteAddress, displayAddress: remoteAddress };
  const message = `the engine at ${address} is on another machine: its containers are reachable only if they are exposed`;
  throw new BerthError('EXPOSE_NEEDED', message);
}

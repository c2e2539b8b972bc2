import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { getCallAddress, getListenAddress } from '../http/server-address.js';

/** Where Docker itself, a rootless one, and Docker Desktop listen. */
const listSocketPaths = (environment: NodeJS.ProcessEnv): string[] => [
  '/var/run/docker.sock',
  ...(environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'docker.sock')] : []),
  join(homedir(), '.docker', 'run', 'docker.sock'),
];

/** Address of the container engine as `DOCKER_HOST` writes it: what is set there, else the first socket that exists. */
export function findEngineAddress(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.DOCKER_HOST) return environment.DOCKER_HOST;
  const [usual, ...others] = listSocketPaths(environment);
  return `unix://${[usual, ...others].find((socket) => socket !== undefined && existsSync(socket)) ?? usual}`;
}

/** Where a container's port is published on the engine's machine, and where it is called from here. */
export interface PublishedAddress {
  /** Address of the engine's machine. */
  listen: string;
  /** Address, or name, by which this machine reaches it. */
  call: string;
  /** What a person is told. */
  displayAddress: string;
}

/** Loopback, or what is exposed. EXPOSE_NEEDED for an engine on another machine, whose loopback nobody here reaches. */
export function choosePublishedAddress(address: string, plan: Pick<RunPlan, 'expose'>): PublishedAddress {
  const { protocol, hostname } = new URL(address);
  const listen = getListenAddress(plan);
  const isHere = protocol === 'unix:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const call = getCallAddress(listen);
  if (isHere) return { listen, call, displayAddress: listen };
  const reached = call === listen ? listen : hostname;
  if (plan.expose !== undefined) return { listen, call: reached, displayAddress: reached };
  const message = `the engine at ${address} is another machine: a container is reached there only when it is exposed`;
  throw new BerthError('EXPOSE_NEEDED', message);
}

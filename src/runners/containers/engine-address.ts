import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Docker itself, a rootless one, and Docker Desktop listen. */
const sockets = (environment: NodeJS.ProcessEnv): string[] => [
  '/var/run/docker.sock',
  ...(environment.XDG_RUNTIME_DIR ? [join(environment.XDG_RUNTIME_DIR, 'docker.sock')] : []),
  join(homedir(), '.docker', 'run', 'docker.sock'),
];

/** Address of the container engine as `DOCKER_HOST` writes it: what is set there, else the first socket that exists. */
export function findEngineAddress(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.DOCKER_HOST) return environment.DOCKER_HOST;
  const [usual, ...others] = sockets(environment);
  return `unix://${[usual, ...others].find((socket) => socket !== undefined && existsSync(socket)) ?? usual}`;
}

/**
 * The address at which the engine publishes a container's port: loopback, except for an engine on another machine, whose
 * loopback nobody here reaches.
 */
export function publishedHost(address: string): string {
  const { protocol, hostname } = new URL(address);
  return protocol === 'unix:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ? '127.0.0.1' : hostname;
}

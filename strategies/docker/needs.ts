import type { Need } from '../../src/registry/need.js';
import { findEngineAddress, openEngine } from '../../src/runners/containers/index.js';

/** Needs an engine that answers, at `DOCKER_HOST` or at one of the usual sockets. */
export async function findNeeds(): Promise<Need[]> {
  const address = findEngineAddress();
  try {
    const { Version } = await (await openEngine(address)).version();
    return [{ name: 'container engine', isMet: true, detail: `${Version} at ${address}`, remedy: null }];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ name: 'container engine', isMet: false, detail, remedy: chooseRemedy(address) }];
  }
}

const chooseRemedy = (address: string): string => {
  if (address.startsWith('ssh:'))
    return 'forward its socket, and name that: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST; DOCKER_HOST=unix:///tmp/engine.sock';
  if (process.env.DOCKER_HOST)
    return `start the engine at ${address}, or set DOCKER_HOST to one that runs (where the worker runs)`;
  return 'install Docker (https://docs.docker.com/engine/install/) and start it, or set DOCKER_HOST=unix:///PATH to an engine (where the worker runs)';
};

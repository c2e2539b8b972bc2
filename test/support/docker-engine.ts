import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { packageRoot } from '../../src/home/package-root.js';
import { findEngineAddress, openEngine } from '../../src/runners/containers/index.js';

/** The engine of the tests (`DOCKER_HOST`, or the default socket), with the base image of Berth's Dockerfiles. */
export async function openTestEngine(): Promise<Docker> {
  const engine = await openEngine(findEngineAddress());
  execFileSync(process.execPath, [join(packageRoot, 'scripts', 'docker-engine.mjs'), 'base'], { stdio: 'inherit' });
  return engine;
}

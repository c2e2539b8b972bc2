import { join } from 'node:path';
import { beforeAll } from '@jest/globals';
import type Docker from 'dockerode';
import type { RunPlan } from '../../src/contract/handle.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createDockerPlan } from './docker-plan.js';

export interface DockerSetup {
  /** Undefined before the tests begin. */
  engine: Docker;
  makeRunner: (
    files: Record<string, string>,
    changes?: Parameters<typeof createDockerPlan>[2],
  ) => Promise<{ runner: DockerRunner; plan: RunPlan }>;
}

/** Creates runners on the tests' engine, undone at the end. The names of two test runs differ. */
export function setUpDocker(name: string): DockerSetup {
  const root = temporaryDirectory(`berth-docker-${name}-`);
  const started: DockerRunner[] = [];
  const setup = { makeRunner } as DockerSetup; // `beforeAll` opens the engine
  beforeAll(async () => {
    setup.engine = await openTestEngine();
  }, 300_000);
  registerCleanup(async () => {
    for (const runner of started) await runner.undo();
  });

  async function makeRunner(files: Record<string, string>, changes: Parameters<typeof createDockerPlan>[2] = {}) {
    const deployment = `${name}${process.pid}-${started.length + 1}`;
    const plan = await createDockerPlan(join(root, deployment), files, { deployment, ...changes });
    const runner = new DockerRunner(plan);
    started.push(runner);
    return { runner, plan };
  }
  return setup;
}

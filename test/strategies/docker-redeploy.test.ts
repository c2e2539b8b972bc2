/** @needs git python3 uv temporal container-engine */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { type DeploymentInfo, Handle } from '../../src/contract/index.js';
import { deploymentDirectory } from '../../src/home/home.js';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { connectOnce, deploy, redeploy, rollBack } from '../support/deployments.js';
import { openTestEngine } from '../support/docker-engine.js';
import { MovableBaseImage } from '../support/movable-base-image.js';
import { registerCleanup, temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { perlServer } from './perl-server.js';

const home = temporaryStack();
const name = `based-${process.pid}`;
let engine: Docker;
let base: MovableBaseImage;
beforeAll(async () => {
  engine = await openTestEngine();
  base = new MovableBaseImage(engine, `berth-test-base-${process.pid}:now`);
  registerCleanup(() => base.remove());
  await base.move();
}, 300_000);

const outcomes = ({ changes }: DeploymentInfo) => changes.map(({ id, outcome }) => `${id} ${outcome}`);

async function findServingImage(): Promise<string> {
  const handle: unknown = JSON.parse(readFileSync(deploymentDirectory(home, name).handle, 'utf8')).handle;
  const { container } = Handle.parse(handle) as DockerHandle; // written by `start`
  return (await engine.getContainer(container).inspect()).Image;
}

test('a changed base makes a redeploy build the same source again, and a rollback needs no build', async () => {
  const solution = temporarySolution({
    Dockerfile: `FROM ${base.name}\nCOPY serve.pl /\nEXPOSE 7000\nCMD ["perl", "/serve.pl"]\n`,
    'serve.pl': perlServer,
  });
  const deployed = await deploy({ name, solution, strategy: 'docker', entry: '/upper', agent: 'none', bake: 0 });
  expect(deployed).toMatchObject({ lastError: null, state: 'running' });
  const first = await findServingImage();
  try {
    expect(outcomes(await redeploy(name))).toEqual(['c1 live', 'c2 unchanged']);
    await base.move();
    const moved = await redeploy(name);
    expect(outcomes(moved)).toEqual(['c1 live', 'c2 unchanged', 'c3 live']);
    expect(moved.steps.findLast(({ step }) => step === 'digestSource')?.note).toBe(`${base.name} has changed`);
    expect(await findServingImage()).not.toBe(first);
    await base.move();
    await rollBack(name);
    expect(await findServingImage()).toBe(first);
  } finally {
    await (await connectOnce()).cleanup(name);
  }
}, 240_000);

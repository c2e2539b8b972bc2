/** @needs git python3 uv temporal container-engine */
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { readExampleFile } from '../../src/adaptation/index.js';
import { packageRoot } from '../../src/home/package-root.js';
import { connectOnce, deploy, waitForInfo } from '../support/deployments.js';
import { openTestEngine } from '../support/docker-engine.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();
let engine: Docker;
beforeAll(async () => {
  engine = await openTestEngine();
}, 300_000);

const solution = join(packageRoot, 'examples', 'reading-ease');
const name = `reading-ease-${process.pid}`;

async function countLeft() {
  const label = [`berth.deployment=${name}`];
  const containers = await engine.listContainers({ all: true, filters: { label } });
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  return { containers: containers.length, images: tags.filter((tag) => tag.startsWith(`berth/${name}:`)).length };
}

test('the example is built from its own Dockerfile, passes its contract, and is gone after cleanup', async () => {
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  try {
    const info = await deploy({ name, solution, strategy: 'docker', agent: 'none', examples });
    expect(info).toMatchObject({
      lastError: null,
      state: 'running',
      adaptedFiles: [],
      adaptation: { by: 'recipe:own-dockerfile' },
      contract: { source: 'user', passed: examples.length },
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    expect(await countLeft()).toEqual({ containers: 1, images: 1 });
  } finally {
    await (await connectOnce()).cleanup(name);
  }
  expect(await countLeft()).toEqual({ containers: 0, images: 0 });
});

test('software that writes next to its code at its first call is restarted with a writable file system', async () => {
  const written = temporarySolution({
    'app.py': 'def predict(words):\n    with open("seen.txt", "w") as seen: return seen.write(words)\n',
  });
  const examples = [{ input: { words: 'once' }, output: 4, match: 'exact' as const }];
  try {
    const info = await deploy({ name, solution: written, strategy: 'docker', agent: 'none', examples });
    expect(info).toMatchObject({ lastError: null, state: 'running', contract: { source: 'user', passed: 1 } });
    const starts = info.steps.filter(({ step }) => step === 'createRunner');
    expect(starts).toHaveLength(2);
  } finally {
    await (await connectOnce()).cleanup(name);
  }
  expect(await countLeft()).toEqual({ containers: 0, images: 0 });
});

test('a container that hangs is replaced automatically, once', async () => {
  const solution = temporarySolution({ 'app.py': 'def predict(words): return len(words)\n' });
  const examples = [{ input: { words: 'once' }, output: 4, match: 'exact' as const }];
  try {
    await deploy({ name, solution, strategy: 'docker', agent: 'none', examples });
    const [hung] = await engine.listContainers({ filters: { label: [`berth.deployment=${name}`] } });
    await engine.getContainer(hung?.Id ?? '').pause();
    const info = await waitForInfo(name, ({ restarts }) => restarts === 1);
    expect(info).toMatchObject({ state: 'running', restarts: 1, lastError: null });
    const there = await engine.listContainers({ all: true, filters: { label: [`berth.deployment=${name}`] } });
    expect(there).toMatchObject([{ Id: expect.not.stringContaining(hung?.Id ?? ''), State: 'running' }]);
  } finally {
    await (await connectOnce()).cleanup(name);
  }
});

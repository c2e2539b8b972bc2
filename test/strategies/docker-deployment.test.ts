import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { readExampleFile } from '../../src/adaptation/index.js';
import { packageRoot } from '../../src/package-root.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { openTestEngine } from '../support/docker-engine.js';
import { temporaryStack } from '../support/stack.js';

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

test('the example is built from its own Dockerfile, keeps its contract, and is gone after the cleanup', async () => {
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
}, 120_000);

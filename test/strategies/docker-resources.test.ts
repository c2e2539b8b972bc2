/** @needs git python3 uv temporal container-engine */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type Docker from 'dockerode';
import { deploymentDirectory } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import type { Orphan } from '../../src/reconciliation/index.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { runBin } from '../support/bin.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { openTestEngine } from '../support/docker-engine.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
let engine: Docker;
beforeAll(async () => {
  engine = await openTestEngine();
}, 300_000);

const solution = join(packageRoot, 'examples', 'reading-ease');
const [lost, living] = [`lost-${process.pid}`, `living-${process.pid}`];

async function listResources(name: string): Promise<string[]> {
  const containers = await engine.listContainers({ all: true, filters: { label: [`berth.deployment=${name}`] } });
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  return [...containers.flatMap(({ Names }) => Names), ...tags.filter((tag) => tag.startsWith(`berth/${name}:`))];
}

async function gc(...words: string[]): Promise<{ leftOvers: Orphan[]; removed: Orphan[] }> {
  const { stdout, stderr } = await runBin(['gc', ...words, '--json'], { home: home.root });
  if (!stdout.startsWith('{')) throw new Error(`berth gc wrote no JSON but: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

test('containers and images are found by their marks alone, even without the ledger, and those of other deployments stay', async () => {
  for (const name of [lost, living]) await deploy({ name, solution, strategy: 'docker', agent: 'none' });
  try {
    const { connectionOptions, namespace } = await ensureStack({ needsWorker: false });
    const connection = await Connection.connect(connectionOptions);
    await new Client({ connection, namespace }).workflow.getHandle(workflowId(lost)).terminate('for the test');
    await connection.close();
    rmSync(join(home.ledger, `${lost}.jsonl`));
    const resources = await listResources(living);
    expect(resources).toHaveLength(2);

    const { leftOvers } = await gc();
    expect(leftOvers.map(({ kind, deployment }) => `${kind} of ${deployment}`).sort()).toEqual(
      ['container', 'directory', 'image'].map((kind) => `${kind} of ${lost}`),
    );
    expect((await gc('--yes')).removed).toHaveLength(3);
    expect(await listResources(lost)).toEqual([]);
    expect(existsSync(deploymentDirectory(home, lost).root)).toBe(false);
    expect(await listResources(living)).toEqual(resources);
  } finally {
    await (await connectOnce()).cleanup(living);
  }
  expect(await listResources(living)).toEqual([]);
});

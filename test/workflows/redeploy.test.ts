import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DeploymentInfo, Redeployment } from '../../src/contract/index.js';
import { openSoftware } from '../../src/factory/open-software.js';
import { deploymentDirectory, revisionDirectory } from '../../src/home.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { processesOf, temporaryStack } from '../support/stack.js';
import { temporarySolution } from '../support/temporary.js';

const home = temporaryStack();
const answering = (version: string) => `def predict(n: int = 1):\n    return {"version": "${version}", "n": n}\n`;

const call = async (name: string, inputs: unknown) => {
  const software = await openSoftware(name, home);
  const answer = await software.run(inputs);
  await software.close();
  return answer;
};

async function redeploy(name: string, redeployment: Partial<Redeployment> = {}): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const { id } = await client.redeploy(name, { changes: {}, isForced: false, ...redeployment });
  return await client.followChange(name, id, () => {});
}

async function rollBack(name: string, target: string | null = null): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const { id } = await client.rollBack(name, target);
  return await client.followChange(name, id, () => {});
}

const outcomes = ({ changes }: DeploymentInfo) =>
  changes.map(({ id, kind, outcome, revision }) => [id, kind, outcome, revision]);

test('a redeploy switches to the new revision, a rollback back again, and an unchanged source changes nothing', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'changing', solution: source });
  expect(await call('changing', {})).toMatchObject({ output: { version: 'one' } });

  expect(outcomes(await redeploy('changing'))).toContainEqual(['c2', 'redeploy', 'unchanged', null]);

  writeFileSync(join(source, 'main.py'), answering('two'));
  const second = await redeploy('changing', { changes: { bake: 0 } });
  expect(second).toMatchObject({ state: 'running', revision: 'r2', bake: null });
  expect(second.revisions.map(({ id, state }) => [id, state])).toEqual([
    ['r1', 'kept'],
    ['r2', 'active'],
  ]);
  expect(await call('changing', {})).toMatchObject({ output: { version: 'two' } });

  const back = await rollBack('changing');
  expect(back).toMatchObject({ state: 'running', revision: 'r1' });
  expect(await call('changing', {})).toMatchObject({ output: { version: 'one' } });
  expect(outcomes(back)).toEqual([
    ['c1', 'deploy', 'live', 'r1'],
    ['c2', 'redeploy', 'unchanged', null],
    ['c3', 'redeploy', 'live', 'r2'],
    ['c4', 'rollback', 'live', 'r1'],
  ]);
  await expect(rollBack('changing')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  expect(await rollBack('changing', 'r2')).toMatchObject({ revision: 'r2' });

  await (await connectOnce()).cleanup('changing');
  expect(existsSync(deploymentDirectory(home, 'changing').root)).toBe(false);
  expect(processesOf(home).length).toBeLessThanOrEqual(2);
});

test('a redeploy that fails leaves the old revision serving, waits, and goes on when resumed', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({
    name: 'failing',
    solution: source,
    examples: [{ input: { n: 4 }, output: { n: 4 }, match: 'subset' }],
  });
  writeFileSync(join(source, 'main.py'), 'def predict(n: int = 1):\n    return {"n": n + 1}\n');
  const waiting = await redeploy('failing');
  expect(waiting).toMatchObject({
    state: 'running',
    revision: 'r1',
    lastError: null,
    change: { state: 'waiting', revision: 'r2', lastError: { code: 'CONTRACT_FAILED' } },
  });
  expect(await call('failing', {})).toMatchObject({ output: { version: 'one' } });

  const client = await connectOnce();
  writeFileSync(join(deploymentDirectory(home, 'failing').workspace, 'main.py'), answering('mended'));
  await client.resume('failing', { agent: 'none' });
  const mended = await client.followChange('failing', 'c2', () => {});
  expect(mended).toMatchObject({ revision: 'r2', change: null });
  expect(await call('failing', {})).toMatchObject({ output: { version: 'mended' } });
  await client.cleanup('failing');
});

test('what is given up leaves nothing, and the workspace of what serves is back', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'given-up', solution: source });
  writeFileSync(join(source, 'main.py'), 'def predict(n: int = 1):\n    return nothing\n');
  expect(await redeploy('given-up')).toMatchObject({ change: { state: 'waiting' } });

  const client = await connectOnce();
  const { workspace, revisions } = deploymentDirectory(home, 'given-up');
  expect(await client.abandon('given-up')).toMatchObject({ state: 'running', revision: 'r1', change: null });
  expect(readdirSync(revisions)).toEqual(['r1']);
  expect(existsSync(join(workspace, 'main.py'))).toBe(true);

  writeFileSync(join(source, 'main.py'), answering('three'));
  expect(await redeploy('given-up')).toMatchObject({ revision: 'r3' });
  expect(await call('given-up', {})).toMatchObject({ output: { version: 'three' } });
  await client.cleanup('given-up');
});

test('the newest request takes the place of one that waits for its turn, or of work that waits', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'hurried', solution: source });
  const client = await connectOnce();
  const forced = { changes: {}, isForced: true };
  const ids = [];
  for (let request = 0; request < 3; request += 1) ids.push((await client.redeploy('hurried', forced)).id);
  expect(ids).toEqual(['c2', 'c3', 'c4']);
  const info = await client.followChange('hurried', 'c4', () => {});
  expect(outcomes(info)).toEqual([
    ['c1', 'deploy', 'live', 'r1'],
    ['c3', 'redeploy', 'superseded', null],
    ['c2', 'redeploy', 'live', 'r2'],
    ['c4', 'redeploy', 'live', 'r3'],
  ]);
  await client.cleanup('hurried');
});

test('revisions beyond those that are kept are removed, oldest first', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'keeping', solution: source, keep: 2 });
  await redeploy('keeping', { isForced: true });
  const info = await redeploy('keeping', { isForced: true });
  expect(info.revisions.map(({ id }) => id)).toEqual(['r2', 'r3']);
  expect(existsSync(revisionDirectory(home, 'keeping', 'r1').root)).toBe(false);
  expect(existsSync(revisionDirectory(home, 'keeping', 'r2').code)).toBe(true);
  await (await connectOnce()).cleanup('keeping');
});

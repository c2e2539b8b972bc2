/** @needs git python3 uv temporal */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { DeploymentInfo, RequestedChange } from '../../src/contract/index.js';
import { prepareRedeployment } from '../../src/factory/prepare-config.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { createSchedule, eventually, runNow } from '../client/schedules/create-schedule.js';
import {
  callDeployment,
  connectOnce,
  redeploy,
  rollBack,
  startWithHistoryLimit,
  waitForInfo,
  waitForState,
} from '../support/deployments.js';
import { fetchRuns, type History } from '../support/histories.js';
import { registerCleanup, temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const forced = { changes: {}, isForced: true };

/** Events that fit the first deploy, and nothing after it. */
const historyLimit = 60;

const answering = (version: string) =>
  `import os\ndef predict(n: int = 1):\n    if n > 1:\n        raise ValueError("too much")\n    return ["${version}", os.environ["MODE"]]\n`;

/** Events that exceed a run without a change, and that each change exceeds. */
const shortest = 20;
const plain = (version: string) => `def predict(n: int = 1):\n    return "${version}"\n`;
const broken = 'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n';

/** Returns the id of the run before the newest one. */
const lastOf = (runs: History[]) =>
  runs.at(-1)?.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;

async function temporal(): Promise<Client> {
  const connection = await Connection.connect((await ensureStack({ needsWorker: true })).connectionOptions);
  registerCleanup(() => connection.close());
  return new Client({ connection });
}

/** Deploys, and returns a function that replaces the source. */
async function deployed(name: string): Promise<(code: string) => void> {
  const source = temporarySolution({ 'main.py': answering('one') });
  await startWithHistoryLimit({ name, solution: source, env: { MODE: 'first' } }, historyLimit);
  await waitForState(name, 'running');
  return (code) => writeFileSync(join(source, 'main.py'), code);
}

async function waitForRun(client: Client, name: string, count: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if ((await fetchRuns(client, workflowId(name))).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no run ${count} of ${name} has begun`);
}

test('every request is executed, regardless of the history’s length', async () => {
  await deployed('enduring');
  const client = await connectOnce();
  for (const revision of ['r2', 'r3', 'r4']) expect(await redeploy('enduring', forced)).toMatchObject({ revision });
  expect(await client.stop('enduring')).toMatchObject({ state: 'stopped' });
  expect(await client.start('enduring')).toMatchObject({ state: 'running', revision: 'r4' });
  expect(await rollBack('enduring')).toMatchObject({ revision: 'r3' });
  expect(await client.cleanup('enduring')).toMatchObject({ state: 'cleaned' });
  expect((await fetchRuns(await temporal(), workflowId('enduring'))).length).toBeGreaterThan(3);
});

test('a new run continues kept revisions, a waiting change, recorded requests and a bake', async () => {
  const write = await deployed('carried');
  const server = await temporal();
  const client = await connectOnce();
  const before = (await client.list()).find(({ name }) => name === 'carried');

  write(answering('two'));
  const { changes } = await prepareRedeployment(home, { env: { MODE: 'second' } });
  const handle = server.workflow.getHandle(workflowId('carried'));
  const args: [unknown, string] = [{ changes, isForced: false }, 'ada@host'];
  const ask = { args, updateId: randomUUID() };
  expect(await handle.executeUpdate<RequestedChange, [unknown, string]>('redeploy', ask)).toMatchObject({ id: 'c2' });
  await client.followChangeToEnd('carried', 'c2');
  await waitForRun(server, 'carried', 2);
  expect(await client.info('carried')).toMatchObject({ revision: 'r2', bake: { revision: 'r2', previous: 'r1' } });
  expect(await handle.executeUpdate<RequestedChange, [unknown, string]>('redeploy', ask)).toMatchObject({ id: 'c2' });
  expect(await callDeployment('carried', {})).toMatchObject({ output: ['two', 'second'] });
  expect((await client.list()).find(({ name }) => name === 'carried')).toEqual({
    ...before,
    revision: 'r2',
    lastChange: expect.objectContaining({ id: 'c2', outcome: 'live' }),
  });

  for (let times = 0; times < 6; times += 1) await callDeployment('carried', { n: 2 });
  await waitForInfo('carried', ({ revision, change }) => revision === 'r1' && change === null);
  expect(await callDeployment('carried', {})).toMatchObject({ output: ['one', 'first'] });

  write('nonsense(');
  await redeploy('carried');
  expect(await client.info('carried')).toMatchObject({ revision: 'r1', change: { id: 'c4', state: 'waiting' } });
  writeFileSync(join(deploymentDirectory(home, 'carried').workspace, 'main.py'), answering('fixed'));
  await client.resume('carried', { agent: 'none' });
  expect(await client.followChangeToEnd('carried', 'c4')).toMatchObject({ revision: 'r3' });
  expect(await rollBack('carried', 'r2')).toMatchObject({ revision: 'r2', restarts: 0 });
  expect(await callDeployment('carried', {})).toMatchObject({ output: ['two', 'second'] });
  expect((await client.info('carried')).changes.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    'c1 live',
    'c2 live',
    'c3 live',
    'c4 live',
    'c5 live',
  ]);
  await client.cleanup('carried');
});

/** Waits until a new run has taken over, and expects the status of the last run from it. */
async function waitForNewRun(server: Client, name: string): Promise<DeploymentInfo> {
  const { workflow } = server;
  const newest = workflow.getHandle(workflowId(name));
  await eventually(
    `a new run of ${name}`,
    async () => (await newest.describe()).historyLength <= shortest || undefined,
  );
  const { events } = await newest.fetchHistory();
  const last = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  const info = await newest.query<DeploymentInfo>('status');
  expect(info).toEqual(await workflow.getHandle(workflowId(name), last).query('status'));
  return info;
}

test('a new run takes over between any two events and knows what the last run knew', async () => {
  const mark = join(temporarySolution({}), 'go');
  const held = `import os, time\nwhile not os.path.exists(${JSON.stringify(mark)}):\n    time.sleep(0.05)\n${plain('two')}`;
  const source = temporarySolution({ 'main.py': broken });
  const write = (code: string) => writeFileSync(join(source, 'main.py'), code);
  const fix = (code: string) => writeFileSync(join(deploymentDirectory(home, 'ageless').workspace, 'main.py'), code);
  const [server, client] = await Promise.all([temporal(), connectOnce()]);
  const handle = server.workflow.getHandle(workflowId('ageless'));
  const ask = (by: string) => handle.executeUpdate('redeploy', { args: [forced, by] });

  await startWithHistoryLimit({ name: 'ageless', solution: { path: source, goal: 'tell its age' } }, shortest);
  await waitForState('ageless', 'waiting');
  expect(await waitForNewRun(server, 'ageless')).toMatchObject({ state: 'waiting', change: { id: 'c1' } });
  fix(plain('one'));
  await client.resume('ageless', { agent: 'none' });
  await client.followChangeToEnd('ageless', 'c1');
  await waitForNewRun(server, 'ageless');
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toContain('### ageless is running');
  expect(currentDetails).toContain('Goal: tell its age');

  write(held);
  await ask('ada');
  await waitForInfo('ageless', ({ change }) => change?.state === 'verifying');
  const { runId } = await handle.describe();
  await ask('bob');
  expect((await handle.describe()).historyLength).toBeGreaterThan(shortest);
  writeFileSync(mark, '');
  await client.followChangeToEnd('ageless', 'c3');
  expect(await waitForNewRun(server, 'ageless')).toMatchObject({ revision: 'r3', bake: { revision: 'r3' } });
  expect(lastOf(await fetchRuns(server, workflowId('ageless')))).toBe(runId);

  write(broken);
  await ask('eve');
  await waitForInfo('ageless', ({ change }) => change?.state === 'waiting');
  expect(await waitForNewRun(server, 'ageless')).toMatchObject({
    revision: 'r3',
    change: { id: 'c4', revision: 'r4' },
  });
  write(plain('three'));
  await ask('zoe');
  await client.followChangeToEnd('ageless', 'c5');
  await waitForNewRun(server, 'ageless');

  write(plain('four'));
  await createSchedule('ageless', { every: '1d' });
  const run = runNow('ageless');
  await client.followChangeToEnd('ageless', 'c6');
  await waitForNewRun(server, 'ageless');
  await redeploy('ageless', { changes: { bake: 0 }, isForced: true });
  expect(await run).toMatchObject({ outcome: 'live', change: 'c6' });

  const { changes } = await waitForNewRun(server, 'ageless');
  expect(changes.map(({ id, by, revision, outcome }) => [id, by.split('@')[0], revision, outcome])).toEqual([
    ['c1', expect.any(String), 'r1', 'live'],
    ['c2', 'ada', 'r2', 'live'],
    ['c3', 'bob', 'r3', 'live'],
    ['c4', 'eve', 'r4', 'superseded'],
    ['c5', 'zoe', 'r5', 'live'],
    ['c6', 'schedule default', 'r6', 'live'],
    ['c7', expect.any(String), 'r7', 'live'],
  ]);
  expect(await callDeployment('ageless', {})).toMatchObject({ output: 'four' });
  await client.cleanup('ageless');
});

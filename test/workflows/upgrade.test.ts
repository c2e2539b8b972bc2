/** @needs git python3 uv temporal */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { buildRunWorkflowId } from '../../src/client/durable-runs/run-id.js';
import type { DeploymentInfo, ScheduledRun } from '../../src/contract/index.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { workflowId } from '../../src/workflows/messages.js';
import { createSchedule, runNow } from '../client/schedules/create-schedule.js';
import { runBin } from '../support/bin.js';
import {
  callDeployment,
  connectOnce,
  deploy,
  redeploy,
  rollBack,
  startWithHistoryLimit,
  waitForInfo,
} from '../support/deployments.js';
import { fetchRuns } from '../support/histories.js';
import { installEarlierBuild } from '../support/install-earlier-build.js';
import { registerCleanup, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

// One worker of a build without any patch, and one of today's which takes over all that the first has begun.

const home = temporaryStack();
const marks = temporarySolution({});
const historyLimit = 30;
const names = ['steady', 'mending', 'renewed', 'baking', 'asleep', 'enduring'] as const;
type Name = (typeof names)[number];

/** Answers with its version and its process. */
const answering = (version: string) => `import os\ndef predict(n: int = 1):\n    return ["${version}", os.getpid()]\n`;
const broken = 'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n';
const failing = 'def predict(n: int = 1):\n    if n > 1:\n        raise ValueError("too much")\n    return n\n';
/** Is imported once the mark is there. */
const held = `import os, time\nwhile not os.path.exists(${JSON.stringify(join(marks, 'go'))}):\n    time.sleep(0.05)\n${answering('two')}`;

const sources = Object.fromEntries(names.map((name) => [name, temporarySolution({})])) as Record<Name, string>;
const write = (name: Name, code: string) => writeTree(sources[name], { 'main.py': code });
const before: Partial<Record<Name, unknown>> = {};
let server: Client;
let scheduled: Promise<ScheduledRun>;

const workerNow = (): ProcessIdentity =>
  (JSON.parse(readFileSync(join(home.stack, 'worker.json'), 'utf8')) as { process: ProcessIdentity }).process;

/** As its user does. The clients of this test leave the worker alone: to them the server is not their own. */
async function up(root?: string): Promise<string> {
  delete process.env.TEMPORAL_ADDRESS;
  const { exitCode, stdout, stderr } = await runBin(['up', '--json'], { home: home.root, ...(root && { root }) });
  if (exitCode !== 0) throw new Error(stderr);
  process.env.TEMPORAL_ADDRESS = (JSON.parse(stdout) as { address: string }).address;
  return stderr;
}

async function first(name: Name, code = answering('one')): Promise<void> {
  write(name, code);
  await deploy({ name, solution: sources[name] });
}

/** Long under the earlier build: its changes have ended, and its supervision has not. */
async function growLong(): Promise<void> {
  write('enduring', answering('one'));
  await startWithHistoryLimit({ name: 'enduring', solution: sources.enduring }, historyLimit);
  await waitForInfo('enduring', ({ state }) => state === 'running');
  const handle = server.workflow.getHandle(workflowId('enduring'));
  do await redeploy('enduring');
  while ((await handle.describe()).historyLength <= historyLimit);
}

const begin: Record<Name, () => Promise<void>> = {
  steady: () => first('steady'),
  mending: () => first('mending', broken),
  async renewed() {
    await first('renewed');
    await createSchedule('renewed', { every: '1d' });
    write('renewed', held);
    scheduled = runNow('renewed');
    scheduled.catch(() => undefined); // a test awaits it
    await waitForInfo('renewed', ({ change }) => change?.state === 'verifying');
  },
  async baking() {
    await first('baking');
    write('baking', failing);
    await redeploy('baking', { changes: { bake: 600 } });
  },
  async asleep() {
    await first('asleep');
    const client = await connectOnce();
    await client.stop('asleep');
    await client.runs.start('asleep', {}, { id: 'patient' });
  },
  enduring: growLong,
};

beforeAll(async () => {
  registerCleanup(() => void delete process.env.TEMPORAL_ADDRESS);
  const earlier = await installEarlierBuild();
  await up(earlier);
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '' });
  registerCleanup(() => connection.close());
  server = new Client({ connection });
  await Promise.all(names.map((name) => begin[name]()));
  for (const name of ['steady', 'renewed', 'baking', 'enduring'] as const)
    before[name] = await callDeployment(name, {});

  const worker = workerNow();
  expect(await up()).toContain('replaced the worker of another version');
  expect(isSameProcess(worker)).toBe(false);
  rmSync(join(earlier, 'dist'), { recursive: true });
}, 300_000);

const outcomes = ({ changes }: DeploymentInfo) => changes.map(({ id, outcome }) => `${id} ${outcome}`);

test('what ran goes on in the same process, and is redeployed and rolled back', async () => {
  expect(await (await connectOnce()).info('steady')).toMatchObject({ state: 'running', restarts: 0, lastError: null });
  expect(await callDeployment('steady', {})).toEqual(before.steady);
  write('steady', answering('two'));
  expect(await redeploy('steady')).toMatchObject({ revision: 'r2' });
  expect(await callDeployment('steady', {})).toMatchObject({ output: ['two', expect.any(Number)] });
  expect(await rollBack('steady')).toMatchObject({ revision: 'r1', restarts: 0 });
});

test('a first deployment that waits is resumed', async () => {
  writeFileSync(join(deploymentDirectory(home, 'mending').workspace, 'main.py'), answering('mended'));
  const client = await connectOnce();
  expect(await client.info('mending')).toMatchObject({ state: 'waiting', change: { id: 'c1' } });
  await client.resume('mending', { agent: 'none' });
  expect(await client.followChangeToEnd('mending', 'c1')).toMatchObject({ state: 'running', revision: 'r1' });
});

test('a redeploy that was on its way, asked for by a schedule, is made once, and the schedule goes on', async () => {
  expect(await callDeployment('renewed', {})).toEqual(before.renewed);
  write('renewed', answering('too late'));
  writeFileSync(join(marks, 'go'), '');
  await waitForInfo('renewed', ({ revision }) => revision === 'r2');
  expect(await callDeployment('renewed', {})).toMatchObject({ output: ['two', expect.any(Number)] });
  await redeploy('renewed', { changes: { bake: 1 } });
  expect(await scheduled).toMatchObject({ outcome: 'live', change: 'c2' });
  expect(await runNow('renewed')).toMatchObject({ outcome: 'unchanged' });
  const info = await waitForInfo('renewed', ({ bake }) => bake === null);
  expect(outcomes(info)).toEqual(['c1 live', 'c2 live', 'c3 live', 'c4 unchanged']);
  expect(readdirSync(deploymentDirectory(home, 'renewed').revisions).sort()).toEqual(['r1', 'r2', 'r3']);
});

test('a bake goes on, and is judged', async () => {
  expect(await callDeployment('baking', {})).toEqual(before.baking);
  expect(await (await connectOnce()).info('baking')).toMatchObject({ bake: { revision: 'r2', previous: 'r1' } });
  for (let times = 0; times < 6; times += 1) await callDeployment('baking', { n: 2 });
  const info = await waitForInfo('baking', ({ revision, change }) => revision === 'r1' && change === null);
  expect(outcomes(info)).toEqual(['c1 live', 'c2 live', 'c3 live']);
});

test('a durable run that waits is answered when what is stopped is started', async () => {
  const client = await connectOnce();
  expect(await client.info('asleep')).toMatchObject({ state: 'stopped' });
  await client.start('asleep');
  const run = { name: 'asleep', id: 'patient', webUrl: null };
  expect(await client.runs.waitForAnswer(run)).toMatchObject({ output: ['one', expect.any(Number)] });
});

test('a long history makes way for a new run, and what is asked for then is done', async () => {
  expect(await callDeployment('enduring', {})).toEqual(before.enduring);
  const runs = (await fetchRuns(server, workflowId('enduring'))).length;
  expect(await redeploy('enduring', { isForced: true })).toMatchObject({ revision: 'r2' });
  expect(await rollBack('enduring')).toMatchObject({ revision: 'r1' });
  expect((await fetchRuns(server, workflowId('enduring'))).length).toBeGreaterThan(runs);
});

test('all are cleaned up, and no task of a workflow has failed', async () => {
  const client = await connectOnce();
  await Promise.all(names.map((name) => client.cleanup(name)));
  for (const name of names) expect(existsSync(deploymentDirectory(home, name).root)).toBe(false);
  const ids = new Set([buildRunWorkflowId('asleep', 'patient')]);
  for await (const { workflowId: id } of server.workflow.list()) ids.add(id);
  const histories = (await Promise.all([...ids].map((id) => fetchRuns(server, id)))).flat();
  const failures = histories.flatMap(({ events }) =>
    (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []),
  );
  // The server's own word for a message that comes while a run ends: the task is done once more.
  expect(failures.filter((message) => message !== 'UnhandledCommand')).toEqual([]);
  expect(histories.length).toBeGreaterThan(names.length);
});

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
import { installBuild, installLaterBuild } from '../support/install-build.js';
import { registerCleanup, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

// The worker of one build begins all operations. The worker of a later build, with workflows that differ by a patched
// branch, takes over. The earlier build is then deleted.

const home = temporaryStack();
const marks = temporarySolution({});
const historyLimit = 30;
const names = ['steady', 'waiting', 'scheduled', 'baking', 'stopped', 'continued'] as const;
type Name = (typeof names)[number];

/** Answers with its version and its process. */
const answering = (version: string) => `import os\ndef predict(n: int = 1):\n    return ["${version}", os.getpid()]\n`;
const broken = 'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n';
const failing = 'def predict(n: int = 1):\n    if n > 1:\n        raise ValueError("too much")\n    return n\n';
/** Finishes its import when the mark exists. */
const held = `import os, time\nwhile not os.path.exists(${JSON.stringify(join(marks, 'go'))}):\n    time.sleep(0.05)\n${answering('two')}`;

const sources = Object.fromEntries(names.map((name) => [name, temporarySolution({})])) as Record<Name, string>;
const write = (name: Name, code: string) => writeTree(sources[name], { 'main.py': code });
const before: Partial<Record<Name, unknown>> = {};
let server: Client;
let scheduledRun: Promise<ScheduledRun>;

const workerNow = (): ProcessIdentity =>
  (JSON.parse(readFileSync(join(home.stack, 'worker.json'), 'utf8')) as { process: ProcessIdentity }).process;

/** Runs `berth up` of a build. This test's own clients use its server by address, so they do not replace the worker. */
async function up(root: string): Promise<string> {
  delete process.env.TEMPORAL_ADDRESS;
  const { exitCode, stdout, stderr } = await runBin(['up', '--json'], { home: home.root, root });
  if (exitCode !== 0) throw new Error(stderr);
  process.env.TEMPORAL_ADDRESS = (JSON.parse(stdout) as { address: string }).address;
  return stderr;
}

async function first(name: Name, code = answering('one')): Promise<void> {
  write(name, code);
  await deploy({ name, solution: sources[name] });
}

const countRuns = async () => (await fetchRuns(server, workflowId('continued'))).length;

/** Deploys with a short history limit, and redeploys until the deployment has continued as new. */
async function continueAsNew(): Promise<void> {
  write('continued', answering('one'));
  await startWithHistoryLimit({ name: 'continued', solution: sources.continued }, historyLimit);
  await waitForInfo('continued', ({ state }) => state === 'running');
  do await redeploy('continued');
  while ((await countRuns()) === 1);
}

const begin: Record<Name, () => Promise<void>> = {
  steady: () => first('steady'),
  waiting: () => first('waiting', broken),
  async scheduled() {
    await first('scheduled');
    await createSchedule('scheduled', { every: '1d' });
    write('scheduled', held);
    scheduledRun = runNow('scheduled');
    scheduledRun.catch(() => undefined); // a test awaits it
    await waitForInfo('scheduled', ({ change }) => change?.state === 'verifying');
  },
  async baking() {
    await first('baking');
    write('baking', failing);
    await redeploy('baking', { changes: { bake: 600 } });
  },
  async stopped() {
    await first('stopped');
    const client = await connectOnce();
    await client.stop('stopped');
    await client.runs.start('stopped', {}, { id: 'patient' });
  },
  continued: continueAsNew,
};

beforeAll(async () => {
  registerCleanup(() => void delete process.env.TEMPORAL_ADDRESS);
  const earlier = await installBuild('earlier');
  await up(earlier);
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '' });
  registerCleanup(() => connection.close());
  server = new Client({ connection });
  await Promise.all(names.map((name) => begin[name]()));
  for (const name of ['steady', 'scheduled', 'baking', 'continued'] as const)
    before[name] = await callDeployment(name, {});

  const worker = workerNow();
  expect(await up(await installLaterBuild())).toContain('replaced the worker');
  expect(isSameProcess(worker)).toBe(false);
  rmSync(join(earlier, 'dist'), { recursive: true });
}, 300_000);

const outcomes = ({ changes }: DeploymentInfo) => changes.map(({ id, outcome }) => `${id} ${outcome}`);

test('running software keeps its process, and is redeployed and rolled back', async () => {
  expect(await (await connectOnce()).info('steady')).toMatchObject({ state: 'running', restarts: 0, lastError: null });
  expect(await callDeployment('steady', {})).toEqual(before.steady);
  write('steady', answering('two'));
  expect(await redeploy('steady')).toMatchObject({ revision: 'r2' });
  expect(await callDeployment('steady', {})).toMatchObject({ output: ['two', expect.any(Number)] });
  expect(await rollBack('steady')).toMatchObject({ revision: 'r1', restarts: 0 });
});

test('a first deployment that waits is resumed', async () => {
  writeFileSync(join(deploymentDirectory(home, 'waiting').workspace, 'main.py'), answering('fixed'));
  const client = await connectOnce();
  expect(await client.info('waiting')).toMatchObject({ state: 'waiting', change: { id: 'c1' } });
  await client.resume('waiting', { agent: 'none' });
  expect(await client.followChangeToEnd('waiting', 'c1')).toMatchObject({ state: 'running', revision: 'r1' });
});

test('a scheduled redeploy in progress is finished once, and its schedule continues', async () => {
  expect(await callDeployment('scheduled', {})).toEqual(before.scheduled);
  write('scheduled', answering('too late'));
  writeFileSync(join(marks, 'go'), '');
  await waitForInfo('scheduled', ({ revision }) => revision === 'r2');
  expect(await callDeployment('scheduled', {})).toMatchObject({ output: ['two', expect.any(Number)] });
  await redeploy('scheduled', { changes: { bake: 1 } });
  expect(await scheduledRun).toMatchObject({ outcome: 'live', change: 'c2' });
  expect(await runNow('scheduled')).toMatchObject({ outcome: 'unchanged' });
  const info = await waitForInfo('scheduled', ({ bake }) => bake === null);
  expect(outcomes(info)).toEqual(['c1 live', 'c2 live', 'c3 live', 'c4 unchanged']);
  expect(readdirSync(deploymentDirectory(home, 'scheduled').revisions).sort()).toEqual(['r1', 'r2', 'r3']);
});

test('a bake continues and is judged', async () => {
  expect(await callDeployment('baking', {})).toEqual(before.baking);
  expect(await (await connectOnce()).info('baking')).toMatchObject({ bake: { revision: 'r2', previous: 'r1' } });
  for (let times = 0; times < 6; times += 1) await callDeployment('baking', { n: 2 });
  const info = await waitForInfo('baking', ({ revision, change }) => revision === 'r1' && change === null);
  expect(outcomes(info)).toEqual(['c1 live', 'c2 live', 'c3 live']);
});

test('a durable run that waits is answered when the stopped software is started', async () => {
  const client = await connectOnce();
  expect(await client.info('stopped')).toMatchObject({ state: 'stopped' });
  await client.start('stopped');
  const run = { name: 'stopped', id: 'patient', webUrl: null };
  expect(await client.runs.waitForAnswer(run)).toMatchObject({ output: ['one', expect.any(Number)] });
});

test('a deployment continues as new again, and executes its requests', async () => {
  expect(await callDeployment('continued', {})).toEqual(before.continued);
  const runs = await countRuns();
  expect(await redeploy('continued', { isForced: true })).toMatchObject({ revision: 'r2' });
  expect(await rollBack('continued')).toMatchObject({ revision: 'r1' });
  expect(await countRuns()).toBeGreaterThan(runs);
});

test('the patched branch is taken after the upgrade only', async () => {
  const [history] = await fetchRuns(server, workflowId('steady'));
  const events = history?.events ?? [];
  const marker = events.findIndex(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes);
  const steps = events.flatMap(({ activityTaskScheduledEventAttributes }, index) =>
    activityTaskScheduledEventAttributes ? [index] : [],
  );
  expect(steps[0]).toBeLessThan(marker);
  expect(steps.at(-1)).toBeGreaterThan(marker);
});

test('all deployments are cleaned up, and no workflow task has failed', async () => {
  const client = await connectOnce();
  await Promise.all(names.map((name) => client.cleanup(name)));
  for (const name of names) expect(existsSync(deploymentDirectory(home, name).root)).toBe(false);
  const ids = new Set([buildRunWorkflowId('stopped', 'patient')]);
  for await (const { workflowId: id } of server.workflow.list()) ids.add(id);
  const histories = (await Promise.all([...ids].map((id) => fetchRuns(server, id)))).flat();
  const failures = histories.flatMap(({ events }) =>
    (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []),
  );
  // The server's failure for a message that arrives while a run ends; it repeats the task.
  expect(failures.filter((message) => message !== 'UnhandledCommand')).toEqual([]);
  expect(histories.length).toBeGreaterThan(names.length);
});

/** @needs git python3 uv temporal */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openSoftware } from '../../src/calls/open-software.js';
import { revisionDirectory } from '../../src/home/home.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { writePlugin } from '../registry/plugin.js';
import {
  callDeployment,
  connectOnce,
  deploy,
  redeploy,
  rollBack,
  startWithHistoryLimit,
  waitForInfo,
  waitForState,
} from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';

// Concurrent requests, and software that cannot be stopped.

const home = temporaryStack();
/** While this file exists, software of the strategy `stubborn` cannot be stopped. */
const refusalFile = join(home.root, 'resists');

const runner = `
import { existsSync } from 'node:fs';
import { BerthError } from 'berth';

export class EchoRunner {
  constructor(plan) { this.plan = plan; }
  async start() { return { plan: this.plan, endpoint: null, startedAt: new Date().toISOString() }; }
  async attach() {}
  async run(inputs) { return { status: 'success', output: inputs }; }
  async isHealthy() { return { isHealthy: true, state: 'ready', detail: 'echoes' }; }
  async *logs() {}
  async stop() {
    if (existsSync(${JSON.stringify(refusalFile)})) throw new BerthError('START_FAILED', 'the echo goes on');
  }
  async undo() { await this.stop(); }
  async close() {}
}
`;

beforeAll(() => {
  const config = {
    name: 'stubborn',
    provider: null,
    interface: 'function',
    runner_class: 'EchoRunner',
    environment: 'none',
    default_resources: {},
    run_interface: { type: 'function' },
  };
  const files = { 'config.yaml': JSON.stringify(config), 'runner.ts': null, 'runner.js': runner };
  writePlugin(join(home.root, 'strategies'), 'stubborn', files);
});

/** Events that fit the first deploy, but not a cleanup that is requested twice. */
const historyLimit = 60;

async function runOf(name: string): Promise<string> {
  const connection = await Connection.connect((await ensureStack({ needsWorker: true })).connectionOptions);
  try {
    return (await new Client({ connection }).workflow.getHandle(workflowId(name)).describe()).runId;
  } finally {
    await connection.close();
  }
}

const refuseStops = () => writeFileSync(refusalFile, '');
const allowStops = () => rmSync(refusalFile, { force: true });
const answering = (version: string) => `def predict(n: int = 1):\n    return {"version": "${version}", "n": n}\n`;

test('stop and abandon end with a concurrent cleanup, and the name is free again', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  const client = await connectOnce();
  for (const request of ['stop', 'abandon'] as const) {
    writeFileSync(join(source, 'main.py'), answering('one'));
    await deploy({ name: 'crossed', solution: source });
    writeFileSync(join(source, 'main.py'), `import time\ntime.sleep(60)\n${answering('two')}`);
    await client.redeploy('crossed', { changes: {}, isForced: false });
    await waitForInfo('crossed', ({ change }) => change?.state === 'verifying');
    const [requested, cleaned] = await Promise.allSettled([client[request]('crossed'), client.cleanup('crossed')]);
    expect(cleaned).toMatchObject({ status: 'fulfilled', value: { state: 'cleaned' } });
    expect(
      requested.status === 'rejected' || ['cleaning', 'cleaned', 'stopped', 'running'].includes(requested.value.state),
    ).toBe(true);
  }
  writeFileSync(join(source, 'main.py'), answering('three'));
  expect(await deploy({ name: 'crossed', solution: source })).toMatchObject({ state: 'running' });
  await client.cleanup('crossed');
});

test('a waiting change still waits after a stop and a start', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'asleep', solution: source });
  writeFileSync(
    join(source, 'main.py'),
    'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n',
  );
  const { change } = await redeploy('asleep');
  expect(change).toMatchObject({ state: 'waiting', revision: 'r2' });
  const client = await connectOnce();
  expect(await client.stop('asleep')).toMatchObject({ state: 'stopped', change: { state: 'waiting' } });
  expect(await client.start('asleep')).toMatchObject({ state: 'running', revision: 'r1', change });
  expect(await callDeployment('asleep', {})).toMatchObject({ output: { version: 'one' } });
  expect(await client.abandon('asleep')).toMatchObject({ state: 'running', change: null });
  await client.cleanup('asleep');
});

test('the previous revision is kept beyond the limit during a bake, and pruned after it', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'frugal', solution: source, keep: 1 });
  const baking = await redeploy('frugal', { isForced: true, changes: { bake: 60 } });
  expect(baking.revisions.map(({ id }) => id)).toEqual(['r1', 'r2']);
  expect(await rollBack('frugal')).toMatchObject({ revision: 'r1' });
  await redeploy('frugal', { isForced: true, changes: { bake: 1 } });
  const proved = await waitForInfo('frugal', ({ bake, revisions }) => bake === null && revisions.length === 1);
  expect(proved).toMatchObject({ state: 'running', revision: 'r3' });
  expect(existsSync(revisionDirectory(home, 'frugal', 'r1').root)).toBe(false);
  await (await connectOnce()).cleanup('frugal');
});

test('the second of two kept revisions is a rollback target, not a rolled-back revision', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  const changes = { bake: 0 };
  await deploy({ name: 'returning', solution: source, keep: 2 });
  await redeploy('returning', { isForced: true, changes });
  await rollBack('returning');
  const info = await redeploy('returning', { isForced: true, changes });
  expect(info.revisions.map(({ id, state }) => [id, state])).toEqual([
    ['r1', 'kept'],
    ['r3', 'active'],
  ]);
  await (await connectOnce()).cleanup('returning');
});

test('a cleanup does not wait for calls that still run on a replaced revision', async () => {
  const sleeping = (version: string) =>
    `import time\ndef predict(s: float = 0):\n    time.sleep(s)\n    return "${version}"\n`;
  const source = temporarySolution({ 'main.py': sleeping('one') });
  await deploy({ name: 'draining', solution: source });
  const software = await openSoftware('draining', home);
  const under = software.run({ s: 50 });
  writeFileSync(join(source, 'main.py'), sleeping('two'));
  const client = await connectOnce();
  await client.redeploy('draining', { changes: { drain: 60 }, isForced: false });
  await waitForInfo('draining', ({ steps }) =>
    steps.some(({ step, finishedAt }) => step === 'retireRevision' && finishedAt === null),
  );
  const before = Date.now();
  expect(await client.cleanup('draining')).toMatchObject({ state: 'cleaned' });
  expect(Date.now() - before).toBeLessThan(20_000);
  expect(await under).toMatchObject({ status: 'error' });
  await software.close();
  expect(listProcesses(home).length).toBeLessThanOrEqual(2);
});

test('software that cannot be stopped keeps running and answers calls', async () => {
  await deploy({ name: 'resisting', solution: temporarySolution({ 'main.py': 'X = 1\n' }), strategy: 'stubborn' });
  const client = await connectOnce();
  refuseStops();
  await expect(client.stop('resisting')).rejects.toMatchObject({ code: 'START_FAILED', message: 'the echo goes on' });
  expect(await callDeployment('resisting', { n: 1 })).toEqual({ status: 'success', output: { n: 1 } });
  allowStops();
  expect(await client.stop('resisting')).toMatchObject({ state: 'stopped' });
  await client.cleanup('resisting');
});

test('a cleanup reports what still exists, retries immediately when requested again, and continues in a new run', async () => {
  const options = { name: 'lasting', solution: temporarySolution({ 'main.py': 'X = 1\n' }), strategy: 'stubborn' };
  await startWithHistoryLimit(options, historyLimit);
  await waitForState('lasting', 'running');
  const client = await connectOnce();
  const first = await runOf('lasting');
  refuseStops();
  for (let attempt = 0; attempt < 2; attempt += 1)
    await expect(client.cleanup('lasting')).rejects.toMatchObject({
      code: 'UNDO_INCOMPLETE',
      message: expect.stringContaining('the echo goes on'),
    });
  expect(await client.info('lasting')).toMatchObject({ state: 'cleaning' });
  expect(await runOf('lasting')).not.toBe(first);
  allowStops();
  expect(await client.cleanup('lasting')).toMatchObject({ state: 'cleaned', lastError: null });
});

test('the status shows an orphaned revision, which is stopped as soon as possible', async () => {
  await deploy({ name: 'untidy', solution: temporarySolution({ 'main.py': 'X = 1\n' }), strategy: 'stubborn' });
  refuseStops();
  const info = await redeploy('untidy', { isForced: true });
  expect(info).toMatchObject({ revision: 'r2', leftOvers: [{ revision: 'r1', message: 'the echo goes on' }] });
  allowStops();
  await waitForInfo('untidy', ({ leftOvers }) => leftOvers === undefined);
  await (await connectOnce()).cleanup('untidy');
});

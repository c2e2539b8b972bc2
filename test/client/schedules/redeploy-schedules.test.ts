/** @needs git python3 uv temporal */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { ensureStack } from '../../../src/stack/index.js';
import { workflowId } from '../../../src/workflows/messages.js';
import { connectOnce, deploy } from '../../support/deployments.js';
import { registerCleanup, temporaryDirectory, temporarySolution } from '../../support/temporary-directories.js';
import { temporaryStack } from '../../support/temporary-stack.js';
import { createSchedule, eventually, runNow } from './create-schedule.js';

temporaryStack();

const answering = (version: string) => `def predict(n: int = 1):\n    return {"version": "${version}", "n": n}\n`;
const broken = 'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n';

/** Creates a deployment with a source that the test can change. */
async function deployed(name: string): Promise<(code: string) => void> {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name, solution: source, bake: 0, drain: 0 });
  return (code) => writeFileSync(join(source, 'main.py'), code);
}

async function temporal(): Promise<Client> {
  const connection = await Connection.connect((await ensureStack({ needsWorker: true })).connectionOptions);
  registerCleanup(() => connection.close());
  return new Client({ connection });
}

test('a due run redeploys a changed source and leaves an unchanged one alone', async () => {
  const write = await deployed('due');
  const client = await connectOnce();
  write(answering('two'));
  const schedule = await createSchedule('due', { every: '1s', schedule: 'often' });
  expect(schedule).toMatchObject({
    name: 'due',
    id: 'often',
    when: 'every 1s',
    timezone: 'UTC',
    overlap: 'skip',
    runs: [],
  });
  expect(schedule).toMatchObject({ catchUp: 86_400, state: 'active', createdBy: expect.stringContaining('@') });
  expect(schedule.nextRuns).toHaveLength(5);

  const ofOutcome = (outcome: string) => async () =>
    (await client.schedules.show('due')).runs.find((run) => run.outcome === outcome);
  const live = await eventually('a run that changes it', ofOutcome('live'));
  expect(live).toMatchObject({ change: 'c2', revision: 'r2', note: 'r2 is live', lastError: null });
  await eventually('a run that finds nothing to do', ofOutcome('unchanged'));
  const { changes } = await client.info('due');
  expect(changes[1]).toMatchObject({ id: 'c2', kind: 'redeploy', by: 'schedule often', outcome: 'live' });

  const paused = await client.schedules.pause('due');
  expect(paused).toMatchObject({ state: 'paused', note: expect.stringMatching(/^paused by \w+@/), nextRuns: [] });
  const found = await eventually('the last run to end', async () => {
    const { runs } = await client.schedules.show('due');
    return runs.some(({ outcome }) => outcome === 'running') ? undefined : runs.at(-1)?.runId;
  });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await client.schedules.show('due')).runs.at(-1)?.runId).toBe(found);
  const run = await runNow('due');
  expect(run).toMatchObject({ outcome: 'unchanged', note: 'nothing differs from r2' });
  expect(await client.schedules.resume('due')).toMatchObject({ state: 'active' });
  await client.cleanup('due');
  expect(await client.schedules.list()).toEqual([]);
});

test('a failed run keeps the active revision, and its work for a person', async () => {
  const write = await deployed('failing');
  const client = await connectOnce();
  await createSchedule('failing', { cron: '0 3 * * *', timezone: 'europe/berlin', jitter: '10m' });
  write(broken);
  const run = await runNow('failing');
  expect(run).toMatchObject({ change: 'c2', revision: 'r2' });
  expect(run).toMatchObject({ outcome: 'failed', lastError: { evidence: expect.stringContaining('nothing') } });
  const shown = (await temporal()).workflow.getHandle(run.workflowId, run.runId).query('__temporal_workflow_metadata');
  const { currentDetails } = (await shown) as { currentDetails: string };
  expect(currentDetails).toContain('### Redeploy of failing by schedule default: failed');
  expect(currentDetails).toContain("NameError: name 'nothing' is not defined");
  expect(await client.info('failing')).toMatchObject({
    state: 'running',
    revision: 'r1',
    change: { state: 'waiting' },
  });

  expect(await client.schedules.list('failing')).toMatchObject([
    { when: 'cron 0 3 * * *', timezone: 'Europe/Berlin', jitter: 600, runs: [{ outcome: 'failed', note: run.note }] },
  ]);
  write(answering('two'));
  expect(await runNow('failing')).toMatchObject({ outcome: 'skipped', note: expect.stringContaining('c2 is waiting') });
  await client.abandon('failing');
  expect(await runNow('failing')).toMatchObject({ outcome: 'live', change: 'c3' });
  await client.cleanup('failing');
});

test('a schedule with --replace-failed retries its own failed change, but not a person’s', async () => {
  const write = await deployed('replacing');
  const client = await connectOnce();
  await createSchedule('replacing', { every: '1d', replacesFailed: true });
  write(broken);
  expect(await runNow('replacing')).toMatchObject({ outcome: 'failed' });
  write(answering('two'));
  expect(await runNow('replacing')).toMatchObject({ outcome: 'live', change: 'c3' });

  write(broken);
  const { id } = await client.redeploy('replacing', { changes: {}, isForced: false });
  await client.followChange('replacing', id, () => {});
  expect(await runNow('replacing')).toMatchObject({
    outcome: 'skipped',
    note: expect.stringContaining('c4 is waiting'),
  });
  await client.cleanup('replacing');
});

test('a stopped deployment stays stopped', async () => {
  await deployed('resting');
  const client = await connectOnce();
  await createSchedule('resting', { every: '1d' });
  await client.stop('resting');
  expect(await runNow('resting')).toMatchObject({ outcome: 'skipped', note: expect.stringContaining('it is stopped') });
  expect(await client.info('resting')).toMatchObject({ state: 'stopped' });
  await client.cleanup('resting');
});

test('no run starts while another one is running', async () => {
  const write = await deployed('slow');
  const client = await connectOnce();
  await createSchedule('slow', { every: '1d' });
  const gate = join(temporaryDirectory(), 'open');
  write(`import os, time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.05)\n${answering('two')}`);
  const first = await client.schedules.trigger('slow');
  expect(first).toMatchObject({ outcome: 'running', finishedAt: null });
  await expect(client.schedules.trigger('slow')).rejects.toMatchObject({
    code: 'STATE_CONFLICT',
    message: expect.stringContaining('still running'),
  });
  writeFileSync(gate, '');
  expect(await client.schedules.follow('slow', first)).toMatchObject({ outcome: 'live' });
  expect(await client.schedules.show('slow')).toMatchObject({ skipped: 1 });
  await client.cleanup('slow');
});

test('a revision that fails its bake fails its run, and no later run deploys it again', async () => {
  const write = await deployed('baking');
  const client = await connectOnce();
  await client.followChangeToEnd(
    'baking',
    (await client.redeploy('baking', { changes: { bake: 30 }, isForced: true })).id,
  );
  await createSchedule('baking', { every: '1d' });
  write(`import os, threading\nthreading.Timer(1.5, lambda: os._exit(3)).start()\n${answering('two')}`);
  const run = await runNow('baking');
  expect(run).toMatchObject({ outcome: 'failed', revision: 'r3', lastError: { code: 'ROLLED_BACK' } });
  expect(await client.info('baking')).toMatchObject({ state: 'running', revision: 'r2' });
  const again = await runNow('baking');
  expect(again).toMatchObject({ outcome: 'unchanged', note: 'nothing differs from r3, which was rolled back' });
  const { source, changes } = await client.info('baking');
  expect(changes.at(-2)).toMatchObject({ kind: 'rollback', by: 'berth', outcome: 'live' });
  rmSync(source.path, { recursive: true });
  expect(await runNow('baking')).toMatchObject({ outcome: 'failed', lastError: { code: 'SOURCE_NOT_FOUND' } });
  const listed = async () =>
    (await client.list()).find(({ name, lastChange }) => name === 'baking' && lastChange?.id === 'c6');
  expect(await eventually('the list to tell of it', listed)).toMatchObject({
    state: 'running',
    revision: 'r2',
    change: null,
    lastChange: { outcome: 'failed', by: 'schedule default', note: expect.stringContaining('SOURCE_NOT_FOUND') },
  });
  await client.cleanup('baking');
});

test('several schedules have separate IDs, and a deleted one leaves nothing', async () => {
  await deployed('twice');
  const { schedules } = await connectOnce();
  await createSchedule('twice', { every: '1d' });
  await expect(createSchedule('twice', { every: '2d' })).rejects.toMatchObject({
    code: 'SCHEDULE_TAKEN',
    message: 'twice has a schedule default (every 1d)',
  });
  await createSchedule('twice', { cron: '@weekly', schedule: 'weekly' });
  await expect(schedules.show('twice')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('--id default or weekly'),
  });
  await schedules.remove('twice', 'weekly');
  await expect(schedules.show('twice', 'weekly')).rejects.toMatchObject({ code: 'SCHEDULE_UNKNOWN' });
  expect(await schedules.list('twice')).toMatchObject([{ id: 'default', when: 'every 1d' }]);
  await (await connectOnce()).cleanup('twice');
  await expect(schedules.show('twice')).rejects.toMatchObject({ code: 'SCHEDULE_UNKNOWN' });
});

test('a schedule of a terminated deployment removes itself when it is due', async () => {
  await deployed('orphaned');
  const { schedules } = await connectOnce();
  await createSchedule('orphaned', { every: '1d' });
  await createSchedule('orphaned', { every: '5s', schedule: 'often' });
  await schedules.pause('orphaned', 'often');
  const { workflow } = await temporal();
  await workflow.getHandle(workflowId('orphaned')).terminate('for the test');
  await expect(schedules.trigger('orphaned', 'default')).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
  await schedules.resume('orphaned', 'often');
  await eventually('the schedule to remove itself', async () => {
    const left = await schedules.list('orphaned');
    return left.every(({ id }) => id === 'default') ? left : undefined;
  });
  await schedules.remove('orphaned', 'default');
});

let ready: Promise<unknown> | undefined;

test.each([
  [{ cron: '61 3 * * *' }, 'Minute is not in range'],
  [{ cron: '0 0 30 2 *' }, 'never occurs'],
])('the server’s refusal of %j is passed on, and no schedule is created', async (times, message) => {
  ready ??= deployed('ready');
  await ready;
  const { schedules } = await connectOnce();
  await createSchedule('ready', times).then(
    () => expect('it was created').toBe('refused'),
    (error) => expect(error).toMatchObject({ code: 'SCHEDULE_INVALID', message: expect.stringContaining(message) }),
  );
  expect(await schedules.list('ready')).toEqual([]);
});

test('only a deployment can have a schedule', async () => {
  await expect(createSchedule('nobody', { every: '1d' })).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
});

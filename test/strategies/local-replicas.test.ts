/** @needs python3 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { findMarkedProcesses } from '../../src/processes/marked-processes.js';
import { planReplicas } from '../../strategies/local/replicas.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { requireFailure } from './conformance.js';
import { createLocalPlan } from './local-plan.js';

const started: LocalRunner[] = [];
afterEach(async () => {
  for (const runner of started.splice(0)) await runner.undo();
});

const source = `
import os, time
def predict(seconds=0.0, spin=0, name="", count=0, die=False):
    if die: os._exit(3)
    if name: print(name, flush=True)
    if count: return steps(count)
    time.sleep(seconds)
    for _ in range(spin): sum(range(1000))
    return os.getpid()
def steps(count):
    for step in range(count): yield step
`;

async function start(replicas: number, changes: Partial<RunPlan> = {}) {
  const plan = createLocalPlan(
    temporaryDirectory('berth-replicas-'),
    { 'app.py': source },
    { resources: { replicas }, ...changes },
  );
  const runner = new LocalRunner(plan);
  started.push(runner);
  return { runner, plan, handle: await runner.start({ env: {} }) };
}

const pidOf = (answer: Answer): unknown => (answer.status === 'success' ? answer.output : answer.error);
const replicasOf = (handle: Handle) => handle.replicas as { pid: number }[]; // written by `start`

test('calls go to an idle process, also those of another client, and do not wait for a long one', async () => {
  const { runner, plan, handle } = await start(2);
  const other = new LocalRunner(plan);
  await other.attach(handle);
  const both = await Promise.all([runner.run({ seconds: 0.5 }), other.run({ seconds: 0.5 })]);
  expect(new Set(both.map(pidOf)).size).toBe(2);
  const long = runner.run({ seconds: 2.5 });
  await sleep(200);
  const before = Date.now();
  const short = await Promise.all(
    Array.from({ length: 12 }, (_, index) => (index % 2 ? runner : other).run({ seconds: 0.05 })),
  );
  expect(Date.now() - before).toBeLessThan(2_000);
  expect(new Set(short.map(pidOf)).size).toBe(1);
  expect(short.map(pidOf)).not.toContain(pidOf(await long));
  await other.close();
});

test('streams, deadlines and cancels work as with one process', async () => {
  const { runner } = await start(2);
  expect(await readStream(runner.stream({ count: 3 }))).toMatchObject({ chunks: [0, 1, 2] });
  const busy = [runner.run({ seconds: 1.5 }), runner.run({ seconds: 1.5 })];
  await sleep(200);
  expect(requireFailure(await runner.run({ name: 'late' }, { timeout: 0.4 })).code).toBe('CALL_TIMEOUT');
  const cancel = new AbortController();
  const waiting = runner.run({ name: 'cancelled' }, { signal: cancel.signal });
  await sleep(100);
  cancel.abort();
  expect(requireFailure(await waiting).code).toBe('CALL_CANCELLED');
  expect(new Set((await Promise.all(busy)).map(pidOf)).size).toBe(2);
  expect(typeof pidOf(await runner.run({}))).toBe('number'); // abandoned calls hold no slot
});

test('the health reports a process that ended, and only that process is started again', async () => {
  const { runner, plan, handle } = await start(3);
  const [first, second, third] = replicasOf(handle).map(({ pid }) => pid);
  process.kill(second as number, 'SIGKILL');
  while ((await runner.isHealthy()).state !== 'gone') await sleep(20);
  expect((await runner.isHealthy()).detail).toMatch(
    /^2 of 3 replicas serve; replica 1: .*; replica 2: process \d+ was ended by SIGKILL/,
  );
  const answers = await Promise.all(Array.from({ length: 8 }, () => runner.run({ seconds: 0.1 })));
  expect(answers.every(({ status }) => status === 'success')).toBe(true);
  const again = new LocalRunner(plan);
  const pids = replicasOf(await again.start({ env: {} })).map(({ pid }) => pid);
  expect([pids[0], pids[2]]).toEqual([first, third]);
  expect(pids[1]).not.toBe(second);
  expect(await again.isHealthy()).toMatchObject({ isHealthy: true, state: 'ready' });
  await again.close();
});

test('a call goes to another process when one is stopping or unresponsive', async () => {
  const { runner, handle } = await start(2);
  const [first, second] = replicasOf(handle).map(({ pid }) => pid) as [number, number];
  const busy = [runner.run({ seconds: 2 }), runner.run({ seconds: 2 })];
  await sleep(300);
  process.kill(first, 'SIGTERM'); // it ends after its call
  await sleep(100);
  const waiting = Array.from({ length: 4 }, () => runner.run({}));
  expect((await Promise.all(waiting)).map(pidOf)).toEqual([second, second, second, second]);
  expect((await Promise.all(busy)).map(pidOf).sort()).toEqual([first, second].sort());

  const other = await start(2);
  const [frozen, idle] = replicasOf(other.handle).map(({ pid }) => pid) as [number, number];
  process.kill(frozen, 'SIGSTOP');
  const calls = Array.from({ length: 4 }, () => other.runner.run({}));
  expect((await Promise.all(calls)).map(pidOf)).toEqual([idle, idle, idle, idle]);
  process.kill(frozen, 'SIGKILL');
});

test('when no process is left, a call’s error says whether the call had begun', async () => {
  const { runner, handle } = await start(2);
  const busy = [runner.run({ seconds: 9 }), runner.run({ seconds: 9 })];
  await sleep(300);
  const waiting = runner.run({});
  await sleep(100);
  for (const { pid } of replicasOf(handle)) process.kill(pid, 'SIGKILL');
  expect((await Promise.all(busy)).map((answer) => requireFailure(answer).code)).toEqual(['CALL_LOST', 'CALL_LOST']);
  expect(requireFailure(await waiting)).toMatchObject({ code: 'NOT_RUNNING', neverBegan: true });
  expect(requireFailure(await runner.run({}))).not.toHaveProperty('neverBegan');
});

test('each replica has its own memory, log and name, and a stop leaves none', async () => {
  const { runner, plan } = await start(2);
  await Promise.all(['one', 'two', 'three', 'four'].map((name) => runner.run({ name, seconds: 0.1 })));
  const lines: string[] = [];
  for await (const line of runner.logs()) lines.push(line);
  for (const name of ['one', 'two', 'three', 'four'])
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^replica [12]: ${name}$`)));
  const plans = planReplicas(plan);
  expect(
    plans.map(({ logFile }) => readFileSync(logFile, 'utf8')).every((log) => log.includes(' serves predict')),
  ).toBe(true);
  expect(plans.every((each) => findMarkedProcesses(each).length > 0)).toBe(true);
  await runner.stop();
  expect(plans.flatMap((each) => findMarkedProcesses(each))).toEqual([]);
  expect(requireFailure(await runner.run({})).code).toBe('NOT_RUNNING');
});

test('a handle of one process can be attached', async () => {
  const { plan, handle } = await start(1);
  expect(handle).not.toHaveProperty('replicas');
  const other = new LocalRunner(plan);
  await other.attach(handle);
  expect(pidOf(await other.run({}))).toBe(handle.pid);
  await other.close();
});

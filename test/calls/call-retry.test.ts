/** @needs python3 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { writeActiveRevision } from '../../src/calls/active-revision.js';
import { readCallCounts } from '../../src/calls/call-counter.js';
import { type OpenSoftware, openSoftware } from '../../src/calls/open-software.js';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle } from '../../src/contract/handle.js';
import { HostClient } from '../../src/runners/host/host-client.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { publishRevision } from '../support/publish-revision.js';
import { registerCleanup, temporaryHome } from '../support/temporary-directories.js';

// A process ends while calls wait in it, like one that supervision ends because it is stuck, and another replaces it.

const home = temporaryHome();

/** Records each call that begins in `file`. `hold` is code that never lets the next call begin. */
const recordingCode = (hold: string, kind = 'def') => `
import asyncio, ctypes, os, time
def note(file, name):
    with open(file, "a") as trace: trace.write(name + "\\n")
${kind} predict(file, name, holds=False, count=0):
    note(file, name)
    if holds: ${hold}
    return steps(count) if count else [name, os.getpid()]
def steps(count):
    for step in range(count): yield step
`;

const holding: [string, string, number | undefined][] = [
  ['that sleeps', recordingCode('time.sleep(100)'), undefined],
  ['on all threads that there are', recordingCode('time.sleep(100)'), 2],
  ['that holds up the event loop', recordingCode('time.sleep(100)', 'async def'), undefined],
  ['that lets no other thread run', recordingCode('ctypes.PyDLL(None).sleep(100)'), undefined],
];

async function serve(deployment: string, app: string, concurrency?: number) {
  const { handle, ...record } = await publishRevision(home, {
    deployment,
    app,
    ...(concurrency !== undefined && { resources: { concurrency } }),
  });
  const { stateDirectory } = handle.plan;
  const open = async () => {
    const software = await openSoftware(deployment, home);
    registerCleanup(() => software.close());
    return software;
  };
  const file = join(stateDirectory, 'trace');
  return {
    record: { ...record, handle },
    plan: handle.plan,
    handle,
    file,
    open,
    begun: () => readFileSync(file, 'utf8').trim().split('\n'),
  };
}

const kill = (handle: Handle) => process.kill(handle.pid as number, 'SIGKILL'); // a key of this runner’s handle

async function replace({ handle, plan }: { handle: Handle; plan: Handle['plan'] }): Promise<Handle> {
  kill(handle);
  const successor = new LocalRunner(plan);
  registerCleanup(() => successor.undo());
  return await successor.start({ env: {} });
}

/** Blocks a process with this many calls, and waits until they have begun. */
async function blockProcess(
  { open, file, begun }: Awaited<ReturnType<typeof serve>>,
  count = 1,
): Promise<Promise<Answer>[]> {
  const software = await open();
  const names = Array.from({ length: count }, (_, index) => `holder ${index}`);
  const held = names.map((name) => software.run({ file, name, holds: true }, { timeout: 60 }));
  const haveBegun = () => {
    try {
      return begun().length === count;
    } catch {
      return false; // the trace does not exist yet
    }
  };
  while (!haveBegun()) await sleep(10);
  return held;
}

/** Waits until the calls have arrived, if the host process can tell; a blocked one cannot. */
async function untilTaken({ endpoint }: Handle, calls: number): Promise<void> {
  const client = new HostClient({ socket: endpoint as string, timeout: 1 });
  const count = () =>
    client.ping(500).then(
      (status) => status.calls,
      () => calls,
    );
  while ((await count()) < calls) await sleep(10);
  client.close();
}

async function isListening({ endpoint }: Handle): Promise<boolean> {
  const client = new HostClient({ socket: endpoint as string, timeout: 1 });
  const { status } = await client.acquireTurn({ mayWait: false, timeout: 1 });
  client.close();
  return status !== 'absent';
}

test.each(holding)(
  'a call that waits behind code %s is made once, by the next process, and calls that had begun are lost',
  async (title, app, concurrency) => {
    const served = await serve(title.replaceAll(' ', '-'), app, concurrency);
    const { handle, file, plan, begun } = served;
    const held = await blockProcess(served, concurrency);
    const [one, other] = [await served.open(), await served.open()];
    const waiting = [
      one.run({ file, name: 'values' }),
      other.runText(JSON.stringify({ file, name: 'text' })).then((text) => JSON.parse(text)),
      readLast(one, { file, name: 'stream', count: 2 }),
    ];
    await untilTaken(handle, held.length + waiting.length);
    const { pid } = await replace(served);
    for (const answer of await Promise.all(held)) expect(answer).toMatchObject({ error: { code: 'CALL_LOST' } });
    expect(await Promise.all(waiting)).toEqual([
      { status: 'success', output: ['values', pid] },
      { status: 'success', output: ['text', pid] },
      { status: 'success', output: [0, 1] },
    ]);
    expect(begun().slice(held.length).sort()).toEqual(['stream', 'text', 'values']);
    await sleep(50); // the counts are written a moment later
    expect(await readCallCounts(plan.stateDirectory)).toEqual({
      running: 0,
      ended: 3 + held.length,
      failed: held.length,
    });
  },
);

const readLast = async (software: OpenSoftware, inputs: unknown): Promise<unknown> => {
  let last: unknown;
  for await (const part of software.stream(inputs)) last = part;
  return last;
};

test('the wait ends at the call’s timeout, when it is canceled, and with a stop', async () => {
  const served = await serve('unreplaced', recordingCode('time.sleep(100)'));
  const { handle, file } = served;
  await blockProcess(served);
  const software = await served.open();
  const cancel = new AbortController();
  const cancelled = software.run({ file, name: 'cancelled' }, { signal: cancel.signal, timeout: 60 });
  const stopped = software.run({ file, name: 'stopped' }, { timeout: 60 });
  const late = software.run({ file, name: 'late' }, { timeout: 2 });
  await untilTaken(handle, 4);
  kill(handle);
  expect(await late).toMatchObject({ error: { code: 'NOT_RUNNING' } });
  cancel.abort();
  expect(await cancelled).toMatchObject({ error: { code: 'CALL_CANCELLED' } });
  await writeActiveRevision(home, { ...served.record, isStopped: true });
  expect(await stopped).toMatchObject({
    error: { code: 'NOT_RUNNING', message: expect.stringContaining('berth start') },
  });
  expect(served.begun()).toEqual(['holder 0']);
});

test('a call that waits when its revision is retired goes to the active revision', async () => {
  const served = await serve('retired', recordingCode('time.sleep(100)'));
  const held = await blockProcess(served);
  const software = await served.open();
  const waiting = software.run({ file: served.file, name: 'waiting' });
  await untilTaken(served.handle, 2);
  const next = await publishRevision(home, { deployment: 'retired', revision: 'r2', app: recordingCode('pass') });
  kill(served.handle);
  expect(await waiting).toEqual({ status: 'success', output: ['waiting', next.handle.pid] });
  expect(await Promise.all(held)).toMatchObject([{ error: { code: 'CALL_LOST' } }]);
});

test('a call without running software does not wait', async () => {
  const served = await serve('absent', recordingCode('pass'));
  kill(served.handle);
  const software = await served.open();
  const call = () => software.run({ file: served.file, name: 'late' }, { timeout: 3_600 });
  while (await isListening(served.handle)) await sleep(10); // the kill takes a moment
  expect(await call()).toMatchObject({ error: { code: 'NOT_RUNNING' } });
  expect(await readLast(software, { file: served.file, name: 'late' })).toMatchObject({
    error: { code: 'NOT_RUNNING' },
  });
});

/** @needs python3 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { writeActiveRevision } from '../../src/calls/active-revision.js';
import { readCallCounts } from '../../src/calls/call-counter.js';
import { openSoftware } from '../../src/calls/open-software.js';
import type { Answer, AnswerPart } from '../../src/contract/answer.js';
import { streamCall } from '../../src/runners/stream-call.js';
import { publishRevision } from '../support/publish-revision.js';
import { readStream } from '../support/read-stream.js';
import { temporaryHome } from '../support/temporary-directories.js';

const app = (version: string) => `
import time
ended = []
def predict(count=2, fails=False):
    return steps(count, fails) if count else ended

def steps(count, fails):
    try:
        for number in range(count):
            yield ["${version}", number]
            time.sleep(0.01)
        if fails: raise ValueError("enough")
    finally:
        ended.append(count)
`;

const home = temporaryHome();

const collect = async (parts: AsyncIterable<AnswerPart>) => {
  const all: AnswerPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
};

const chunk = (output: unknown): AnswerPart => ({ status: 'chunk', output });

test('a stream is one call to the revision that is active when it begins, counted until it ends', async () => {
  const old = await publishRevision(home, { app: app('old') });
  const { stateDirectory } = old.handle.plan;
  const software = await openSoftware('demo', home);
  const parts = software.stream({ count: 3 })[Symbol.asyncIterator]();
  expect((await parts.next()).value).toEqual(chunk(['old', 0]));
  expect(await readCallCounts(stateDirectory)).toEqual({ running: 1, ended: 0, failed: 0 });

  await publishRevision(home, { revision: 'r2', app: app('new') });
  expect(await software.run({ count: 1 })).toEqual({ status: 'success', output: [['new', 0]] });
  expect(await readCallCounts(stateDirectory)).toMatchObject({ running: 1 });
  expect((await parts.next()).value).toEqual(chunk(['old', 1]));
  expect((await parts.next()).value).toEqual(chunk(['old', 2]));
  const answer = { status: 'success', output: [0, 1, 2].map((number) => ['old', number]) };
  expect(await parts.next()).toEqual({ done: false, value: answer });
  expect(await parts.next()).toEqual({ done: true, value: undefined });
  expect(await readCallCounts(stateDirectory)).toEqual({ running: 0, ended: 1, failed: 0 });
  await software.close();
});

test('a stream that fails is a failed call, and one that the reader leaves is not and ends in the software', async () => {
  const record = await publishRevision(home, { deployment: 'other', app: app('1') });
  const software = await openSoftware('other', home);
  expect(await collect(software.stream({ count: 1, fails: true }))).toEqual([
    chunk(['1', 0]),
    { status: 'error', error: expect.objectContaining({ code: 'CALL_FAILED', message: 'ValueError: enough' }) },
  ]);
  for await (const part of software.stream({ count: 1_000_000 })) {
    expect(part).toEqual(chunk(['1', 0]));
    break;
  }
  const ended = async () => JSON.stringify(await software.run({ count: 0 }));
  while (!(await ended()).includes('1000000')) await sleep(20);
  const cancel = AbortSignal.abort();
  expect(await collect(software.stream({}, { signal: cancel }))).toMatchObject([{ error: { code: 'CALL_CANCELLED' } }]);
  await sleep(20);
  expect(await readCallCounts(record.handle.plan.stateDirectory)).toMatchObject({ running: 0, failed: 1 });

  await writeActiveRevision(home, { ...record, isStopped: true });
  expect(await collect(software.stream({}))).toMatchObject([{ status: 'error', error: { code: 'NOT_RUNNING' } }]);
  await software.close();
});

test('a runner that does not stream yields only its answer', async () => {
  const answer: Answer = { status: 'success', output: 'whole' };
  const runner = { run: async () => answer };
  expect(await readStream(streamCall(runner, {}))).toEqual({ chunks: [], answer });
});

import { mkdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CallCounter } from '../../src/calls/call-counter.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { revisionDirectory } from '../../src/home/home.js';
import { BakeJudge } from '../../src/supervision/bake-judge.js';
import { temporaryHome } from '../support/temporary-directories.js';

const home = temporaryHome();

/** Counts calls of a revision, of which the first ones fail. */
function countCalls(name: string, revision: string, { ended, failed }: { ended: number; failed: number }): void {
  const { state } = revisionDirectory(home, name, revision);
  mkdirSync(state, { recursive: true });
  const counter = CallCounter.open(state);
  for (let call = 0; call < ended; call += 1) {
    counter.begin();
    counter.end(call < failed ? 'CALL_FAILED' : undefined);
  }
  counter.flush();
}

function createJudge(name: string, secondsLeft: number): BakeJudge {
  const stateDirectory = revisionDirectory(home, name, 'r2').state;
  const plan = { deployment: name, revision: 'r2', stateDirectory } as RunPlan; // the fields that the judge needs
  const until = new Date(Date.now() + secondsLeft * 1000).toISOString();
  return new BakeJudge(home, plan, { until, previous: { name, revision: 'r1' } });
}

test('a revision fails its bake when its failure rate rises', async () => {
  countCalls('worse', 'r1', { ended: 10, failed: 1 });
  countCalls('worse', 'r2', { ended: 10, failed: 5 });
  expect(await createJudge('worse', 60).judge()).toEqual({
    event: 'failing',
    error: expect.objectContaining({
      code: 'CALLS_FAILING',
      message: '5 of 10 calls of r2 failed, 1 of 10 before',
    }),
  });
});

test('a revision with calls that always failed does not fail its bake', async () => {
  countCalls('same', 'r1', { ended: 10, failed: 5 });
  countCalls('same', 'r2', { ended: 10, failed: 6 });
  expect(await createJudge('same', 60).judge()).toBeUndefined();
});

test('few failed calls decide nothing', async () => {
  countCalls('young', 'r2', { ended: 4, failed: 4 });
  expect(await createJudge('young', 60).judge()).toBeUndefined();
});

test('a revision passes its bake when the time is up', async () => {
  countCalls('proven', 'r2', { ended: 3, failed: 0 });
  expect(await createJudge('proven', -1).judge()).toEqual({ event: 'baked' });
});

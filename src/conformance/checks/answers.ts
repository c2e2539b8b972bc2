import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, canary, type RunningRevision } from '../check.js';
import {
  expectEqual,
  expectFailure,
  expectHealthy,
  expectKeys,
  expectOutput,
  expectText,
  requireFailure,
  withRevision,
} from '../expectations.js';

const values: unknown[] = ['text with ünï©ode 🚢', 12.5, null, true, [1, 'two', { three: [3] }], { '': '"\\\n\u0000' }];

const createEchoCheck = (value: unknown): Check<RunningRevision> => ({
  name: `the value ${JSON.stringify(value)} comes back unchanged`,
  run: async ({ runner, conformance: { deviations } }) => {
    const text = JSON.stringify(value);
    const output = JSON.parse(deviations?.replacesNul ? text.replaceAll('\\u0000', '\ufffd') : text);
    expectOutput(await runner.run({ do: 'echo', value }), output);
  },
});

/** Checks of inputs and answers. */
export const answerChecks: Check<RunningRevision>[] = [
  ...values.map(createEchoCheck),
  {
    name: 'the software sees its variables',
    run: async ({ runner }) => expectOutput(await runner.run({ do: 'environment', name: 'CANARY' }), canary),
  },
  {
    name: 'the software does not see the variables of the process that started it',
    run: async ({ conformance }) => {
      process.env.BERTH_TEST_LEAK = 'leaked';
      try {
        await withRevision(conformance, { revision: 'r2', timeout: 5 }, async (other) => {
          await other.start({ env: {} });
          expectOutput(await other.run({ do: 'environment', name: 'BERTH_TEST_LEAK' }), null);
        });
      } finally {
        delete process.env.BERTH_TEST_LEAK;
      }
    },
  },
  {
    name: 'an exception of the code is an error that names it',
    run: async ({ runner, conformance: { deviations } }) => {
      const error = requireFailure(await runner.run({ do: 'raise', value: 'x' }));
      expectKeys(error, { code: 'CALL_FAILED' });
      if (deviations?.reportsMessageOnly) return expectText(error.message, 'no good: x');
      expectKeys(error, { type: 'ValueError', message: 'ValueError: no good: x' });
      if (!deviations?.hidesTracebacks) expectText(error.traceback, 'conformance.py');
    },
  },
  {
    name: 'an exit of the code is an error of the call, and the software keeps running',
    timeout: 180,
    run: async (scene) => {
      const { runner, conformance } = scene;
      const { stopsOnExit, hidesExits, replacesProcesses, startsOnDemand } = conformance.deviations ?? {};
      const answer = await runner.run({ do: 'leave' });
      if (stopsOnExit) {
        expectFailure(answer, 'CALL_LOST');
        const isReplaced = replacesProcesses || startsOnDemand;
        while (!isReplaced && (await runner.isHealthy()).state !== 'gone') await sleep(50);
        scene.handle = await runner.start({ env: { CANARY: canary } });
        await sleep(1_500); // the call that ended it is not repeated
      } else expectKeys(requireFailure(answer), { code: 'CALL_FAILED', ...(!hidesExits && { type: 'SystemExit' }) });
      await expectHealthy(runner, replacesProcesses ? 120_000 : 0);
    },
  },
  {
    name: 'a value that JSON cannot hold is refused with its path',
    run: async ({ runner, conformance: { deviations } }) => {
      const answer = await runner.run({ do: 'not a number' });
      if (deviations?.writesNull) return expectOutput(answer, { scores: [0.5, null] });
      const error = requireFailure(answer);
      expectKeys(error, { code: 'CALL_OUTPUT' });
      expectText(error.message, 'output.scores[1] is NaN');
    },
  },
  {
    name: 'an answer that the code creates is passed on',
    run: async ({ runner }) => {
      const error = { code: 'QUOTA', message: 'none left' };
      expectEqual(await runner.run({ do: 'answer' }), { status: 'error', error });
    },
  },
  {
    name: '20 MB come back unchanged',
    run: async ({ runner }) => {
      const value = 'é'.repeat(10_000_000);
      const answer = await runner.run({ do: 'echo', value });
      assert.ok(answer.status === 'success' && answer.output === value, 'another value came back');
    },
  },
];

import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, RunningRevision } from '../check.js';
import type { Conformance } from '../conformance.js';
import { expectEqual, expectFailure, expectOutput, expectWithin, withRevision } from '../expectations.js';

/** Seconds of a call that takes longer than a check waits. */
const longSeconds = 6;
/** Milliseconds in which it is answered, on a busy machine. */
const answerTimeout = 4_000;

/** Checks of deadlines and cancellation. */
export const callChecks: Check<RunningRevision>[] = [
  {
    name: 'a call that takes too long is answered at its deadline, and other calls work',
    run: async ({ runner, conformance: { deviations } }) => {
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: longSeconds }, { timeout: 0.3 });
      expectFailure(await slow, 'CALL_TIMEOUT');
      expectWithin(answerTimeout + (deviations?.queueDelay ?? 0), started);
      expectOutput(await runner.run({ do: 'echo', value: 1 }), 1);
    },
  },
  {
    name: 'a cancelled call is answered at once',
    run: async ({ runner }) => {
      const cancel = new AbortController();
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: longSeconds }, { signal: cancel.signal });
      await sleep(100);
      cancel.abort();
      expectFailure(await slow, 'CALL_CANCELLED');
      expectWithin(answerTimeout, started);
      expectFailure(await runner.run({ do: 'echo', value: 1 }, { signal: cancel.signal }), 'CALL_CANCELLED');
    },
  },
];

/** Checks of concurrent calls. */
export const concurrencyChecks: Check<{ conformance: Conformance }>[] = [
  {
    name: 'sixteen calls run concurrently if `concurrency` allows it, and each gets its own answer',
    run: async ({ conformance }) => {
      const { deviations, servesPython } = conformance;
      const isApplied = deviations?.applies?.includes('concurrency') ?? false;
      if (servesPython && !isApplied) return;
      const resources = isApplied ? { concurrency: 16 } : {};
      await withRevision(conformance, { revision: 'r11', timeout: 20, resources }, async (runner) => {
        await runner.start({ env: {} });
        const started = Date.now();
        const values = Array.from({ length: 16 }, (_, index) => 1 + index / 1000);
        const answers = await Promise.all(values.map((seconds) => runner.run({ do: 'sleep', seconds })));
        const outputs = answers.map((answer) => (answer.status === 'success' ? answer.output : answer.error));
        expectEqual(outputs, values);
        expectWithin(8_000 + (deviations?.queueDelay ?? 0), started); // sequentially, they take twice as long
      });
    },
    timeout: 180,
  },
];

import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, RunningScene } from '../check.js';
import { expectFailure, expectOutput, expectSame, expectWithin } from '../expectations.js';

/** Deadlines, cancels, and many calls at once. */
export const callChecks: Check<RunningScene>[] = [
  {
    name: 'a call that takes too long is answered at its deadline, and others go on',
    run: async ({ runner, conformance: { manner } }) => {
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: 3 }, { timeout: 0.3 });
      expectOutput(await runner.run({ do: 'echo', value: 1 }), 1);
      expectFailure(await slow, 'CALL_TIMEOUT');
      expectWithin(1_500 + (manner?.queue ?? 0), started);
    },
  },
  {
    name: 'a cancelled call is answered at once',
    run: async ({ runner }) => {
      const cancel = new AbortController();
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: 3 }, { signal: cancel.signal });
      await sleep(100);
      cancel.abort();
      expectFailure(await slow, 'CALL_CANCELLED');
      expectWithin(1_500, started);
      expectFailure(await runner.run({ do: 'echo', value: 1 }, { signal: cancel.signal }), 'CALL_CANCELLED');
    },
  },
  {
    name: 'sixteen calls run side by side, and each gets its own answer',
    run: async ({ runner, conformance: { manner } }) => {
      const started = Date.now();
      const values = Array.from({ length: 16 }, (_, index) => 0.3 + index / 1000);
      const answers = await Promise.all(values.map((seconds) => runner.run({ do: 'sleep', seconds })));
      const outputs = answers.map((answer) => (answer.status === 'success' ? answer.output : answer.error));
      expectSame(outputs, values);
      expectWithin(2_000 + (manner?.queue ?? 0), started);
    },
  },
];

import { setTimeout as sleep } from 'node:timers/promises';
import type { Runner } from '../../runners/runner.js';
import type { Check, RunningRevision } from '../check.js';
import { expectEqual, expectFailure, expectKeys, expectOutput, withRevision } from '../expectations.js';

/** Milliseconds between two calls that are to arrive in this order. */
const callInterval = 150;

/** Python runs as its author ran it: one call at a time, on the thread that imported it and set it up. */
export const executionChecks: Check<RunningRevision>[] = [
  {
    name: 'code that keeps its work in one place gives four callers each their own answer',
    run: async ({ runner }) => {
      const texts = ['abcd', 'efgh', 'ijkl', 'mnop'];
      const answers = await Promise.all(texts.map((text) => runner.run({ do: 'fill', text })));
      expectEqual(
        answers,
        texts.map((output) => ({ status: 'success', output })),
      );
    },
  },
  {
    name: 'what the code has set up can be used in calls',
    run: async ({ runner }) => {
      const output = {
        ...{ sqlite3: 'set', 'threading.local': 'set', ContextVar: 'set' },
        ...{ decimal: '0.33333', 'event loop': 'set' },
      };
      expectOutput(await runner.run({ do: 'look at setup' }), output);
    },
  },
  {
    name: 'a call may handle signals',
    run: async ({ runner, conformance: { deviations } }) => {
      if (!deviations?.ownsMainThread) expectOutput(await runner.run({ do: 'handle a signal' }), 1);
    },
  },
  {
    name: 'calls run in the order in which they came',
    run: (scene) =>
      withOneProcess(scene, 'r12', async (runner) => {
        const names = ['first', 'second', 'third', 'fourth'].map((name) => `${name} in line`);
        const calls: Promise<unknown>[] = [];
        for (const name of names) {
          calls.push(runner.run({ do: 'sleep', seconds: 0.4, name }));
          await sleep(callInterval);
        }
        await Promise.all(calls);
        expectEqual(await listStarted(runner, names), names);
      }),
  },
  {
    name: 'a call that waits for its turn sees its deadline and its cancel, and is not begun',
    run: (scene) =>
      withOneProcess(scene, 'r13', async (runner) => {
        const { deviations } = scene.conformance;
        const queue = (deviations?.queueDelay ?? 0) / 1000;
        const running = runner.run({ do: 'sleep', seconds: queue + 2, name: 'running' }, { timeout: queue + 20 });
        await sleep(callInterval);
        const cancel = new AbortController();
        const late = runner.run({ do: 'sleep', seconds: 0, name: 'late' }, { timeout: queue + 0.5 });
        const canceled = runner.run({ do: 'sleep', seconds: 0, name: 'canceled' }, { signal: cancel.signal });
        await sleep(callInterval);
        cancel.abort();
        expectFailure(await canceled, 'CALL_CANCELLED');
        expectFailure(await late, 'CALL_TIMEOUT');
        expectKeys(await running, { status: 'success' });
        if (deviations?.startsAbandoned) return;
        expectEqual(await listStarted(runner, ['running', 'late', 'canceled']), ['running']);
      }),
  },
];

/** Software whose calls wait for one another: where they go to several processes, a revision that has one. */
async function withOneProcess(
  { conformance, runner }: RunningRevision,
  revision: string,
  body: (runner: Runner) => Promise<void>,
): Promise<void> {
  if (!conformance.deviations?.spreadsCalls) return await body(runner);
  await withRevision(conformance, { revision, timeout: 20, resources: { replicas: 1 } }, async (single) => {
    await single.start({ env: {} });
    await single.run({ do: 'list begun' }); // its process is up
    await body(single);
  });
}

/** Of these calls those that have begun, in their order. */
async function listStarted(runner: Runner, names: string[]): Promise<string[]> {
  const answer = await runner.run({ do: 'list begun' });
  const begun = answer.status === 'success' ? (answer.output as string[]) : []; // what `respond` returns
  return begun.filter((name) => names.includes(name));
}

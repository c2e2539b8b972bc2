import { setTimeout as sleep } from 'node:timers/promises';
import type { Runner } from '../../runners/runner.js';
import type { Check, RunningRevision } from '../check.js';
import { expectEqual, expectFailure, expectKeys, expectOutput, withRevision } from '../expectations.js';

/** Milliseconds between two calls, so that they arrive in this order. */
const callInterval = 150;

/** Checks that Python code runs one call at a time, on the thread that imported it and set it up. */
export const executionChecks: Check<RunningRevision>[] = [
  {
    name: 'code with shared state gives each of four callers its own answer',
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
    name: 'calls can use what the code has set up',
    run: async ({ runner }) => {
      const output = {
        sqlite3: 'set',
        'threading.local': 'set',
        ContextVar: 'set',
        decimal: '0.33333',
        'event loop': 'set',
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
    name: 'calls run in the order in which they arrive',
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
    name: 'a waiting call ends at its deadline or when it is canceled, and does not begin',
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

/** Runs `body` with software whose calls wait for each other: a revision with one process if calls are spread. */
async function withOneProcess(
  { conformance, runner }: RunningRevision,
  revision: string,
  body: (runner: Runner) => Promise<void>,
): Promise<void> {
  if (!conformance.deviations?.spreadsCalls) return await body(runner);
  await withRevision(conformance, { revision, timeout: 20, resources: { replicas: 1 } }, async (single) => {
    await single.start({ env: {} });
    await single.run({ do: 'list begun' }); // waits until its process is up
    await body(single);
  });
}

/** Lists those of the calls that have begun, in their order. */
async function listStarted(runner: Runner, names: string[]): Promise<string[]> {
  const answer = await runner.run({ do: 'list begun' });
  const begun = answer.status === 'success' ? (answer.output as string[]) : []; // `respond` returns a list
  return begun.filter((name) => names.includes(name));
}

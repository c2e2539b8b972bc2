import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import type { Runner } from '../../runners/runner.js';
import type { Check } from '../check.js';
import type { Conformance } from '../conformance.js';
import {
  expectFailure,
  expectHealthy,
  expectNone,
  expectOutput,
  expectSame,
  expectText,
  expectUnhealthy,
  readLines,
  withRevision,
} from '../expectations.js';

type Body = (runner: Runner, plan: RunPlan, conformance: Conformance) => Promise<unknown>;

/** Each has a revision of its own, not yet started, of which nothing may be left. */
const survives = (revision: string, name: string, body: Body): Check<{ conformance: Conformance }> => ({
  name,
  run: ({ conformance }) =>
    withRevision(conformance, { revision, timeout: 10 }, (runner, plan) => body(runner, plan, conformance)),
});

const start = (runner: Runner) => runner.start({ env: {} });
const echo = (runner: Runner) => runner.run({ do: 'echo', value: 1 });

/** Whatever happens to the software, to a start, or to the process that starts it. */
export const survivalChecks: Check<{ conformance: Conformance }>[] = [
  survives('r3', 'two starts at once make one', async (runner, plan, { RunnerClass }) => {
    const second = new RunnerClass(plan);
    await Promise.all([start(runner), start(second)]);
    expectSame(await second.run({ do: 'pid' }), await runner.run({ do: 'pid' }));
    await second.close();
  }),

  survives('r4', 'a start goes on from what one that was cut off left', async (runner, plan, { startHalfway }) => {
    await startHalfway(plan);
    await start(runner);
    expectOutput(await echo(runner), 1);
  }),

  survives(
    'r5',
    'a process that ends during a call is a lost call, is gone, and starts again',
    async (runner, _, { manner }) => {
      await start(runner);
      expectFailure(await runner.run({ do: 'die' }), 'CALL_LOST');
      await sleep(100);
      if (manner?.startsOnDemand) await expectHealthy(runner);
      else await expectUnhealthy(runner, manner?.replacesProcesses ? 'unresponsive' : 'gone');
      await start(runner);
      expectOutput(await echo(runner), 1);
    },
  ),

  survives('r6', 'killed software is gone, not running, and starts again', async (runner, _, { kill }) => {
    await kill(await start(runner));
    await expectUnhealthy(runner, 'gone');
    expectFailure(await echo(runner), 'NOT_RUNNING', 'CALL_LOST');
    await start(runner);
    await expectHealthy(runner);
  }),

  survives(
    'r7',
    'stop resolves when it is gone, twice, and keeps the log',
    async (runner, plan, { RunnerClass, listRemains, listRunning = listRemains }) => {
      const handle = await start(runner);
      await runner.run({ do: 'print', value: 'kept' });
      await runner.stop();
      expectNone(await listRunning(plan));
      await runner.stop();
      expectText((await readLines(runner.logs())).join('\n'), 'kept');
      const late = new RunnerClass(plan);
      await late.attach(handle);
      await expectUnhealthy(late, 'gone');
      expectFailure(await echo(late), 'NOT_RUNNING');
      await late.close();
    },
  ),

  survives(
    'r10',
    'what is kept of it is made again, and ends with a stop beside it',
    async (runner, plan, { listRemains, listRunning = listRemains }) => {
      if (runner.keep === undefined) return;
      await start(runner);
      const keeping = runner.keep({ env: {} });
      await runner.stop();
      await keeping;
      expectNone(await listRunning(plan));
      await start(runner);
      await runner.keep({ env: {} });
      await runner.keep({ env: {} });
      expectOutput(await echo(runner), 1);
    },
  ),

  survives(
    'r8',
    'undo needs the plan only, and removes a half-made start',
    async (runner, plan, { RunnerClass, listRemains, startHalfway }) => {
      await startHalfway(plan);
      await new RunnerClass(plan).undo();
      expectNone(await listRemains(plan));
      await runner.undo();
    },
  ),
];

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import type { Runner } from '../../runners/runner.js';
import type { Check } from '../check.js';
import type { Conformance } from '../conformance.js';
import {
  expectEqual,
  expectFailure,
  expectHealthy,
  expectNone,
  expectOutput,
  expectText,
  expectUnhealthy,
  readLines,
  withRevision,
} from '../expectations.js';

type Body = (runner: Runner, plan: RunPlan, conformance: Conformance) => Promise<unknown>;

/** Creates a check with a separate revision that is not yet started. Nothing of it may remain. */
const createSurvivalCheck = (revision: string, name: string, body: Body): Check<{ conformance: Conformance }> => ({
  name,
  run: ({ conformance }) =>
    withRevision(conformance, { revision, timeout: 10 }, (runner, plan) => body(runner, plan, conformance)),
});

const start = (runner: Runner) => runner.start({ env: {} });
const echo = (runner: Runner) => runner.run({ do: 'echo', value: 1 });

/** Checks of crashes and interruptions of the software, a start, or the process that starts it. */
export const survivalChecks: Check<{ conformance: Conformance }>[] = [
  createSurvivalCheck('r3', 'two starts at once make one', async (runner, plan, { RunnerClass }) => {
    const second = new RunnerClass(plan);
    await Promise.all([start(runner), start(second)]);
    expectEqual(await second.run({ do: 'pid' }), await runner.run({ do: 'pid' }));
    await second.close();
  }),

  createSurvivalCheck('r4', 'a start continues from an interrupted one', async (runner, plan, { interruptStart }) => {
    await interruptStart(plan);
    await start(runner);
    expectOutput(await echo(runner), 1);
  }),

  createSurvivalCheck(
    'r5',
    'a process that ends during a call loses the call, is gone, and starts again',
    async (runner, _, { deviations }) => {
      await start(runner);
      expectFailure(await runner.run({ do: 'die' }), 'CALL_LOST');
      await sleep(100);
      if (deviations?.startsOnDemand) await expectHealthy(runner);
      else await expectUnhealthy(runner, deviations?.replacesProcesses ? 'unresponsive' : 'gone');
      await start(runner);
      expectOutput(await echo(runner), 1);
    },
  ),

  createSurvivalCheck('r6', 'killed software is gone, not running, and starts again', async (runner, _, { kill }) => {
    await kill(await start(runner));
    await expectUnhealthy(runner, 'gone');
    expectFailure(await echo(runner), 'NOT_RUNNING', 'CALL_LOST');
    await start(runner);
    await expectHealthy(runner);
  }),

  createSurvivalCheck(
    'r7',
    'stop resolves when the software is gone, also twice, and keeps the log',
    async (runner, plan, { RunnerClass, listRemaining, listRunning = listRemaining }) => {
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

  createSurvivalCheck(
    'r10',
    'the archive is created again, and a concurrent stop ends it',
    async (runner, plan, { listRemaining, listRunning = listRemaining }) => {
      if (runner.archive === undefined) return;
      await start(runner);
      const archiving = runner.archive({ env: {} });
      await runner.stop();
      await archiving;
      expectNone(await listRunning(plan));
      await start(runner);
      await runner.archive({ env: {} });
      await runner.archive({ env: {} });
      expectOutput(await echo(runner), 1);
    },
  ),

  createSurvivalCheck(
    'r8',
    'undo needs only the plan, and removes an interrupted start',
    async (runner, plan, { RunnerClass, listRemaining, interruptStart }) => {
      await interruptStart(plan);
      await new RunnerClass(plan).undo();
      expectNone(await listRemaining(plan));
      await runner.undo();
    },
  ),
];

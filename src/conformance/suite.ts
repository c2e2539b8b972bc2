import { type Check, canary, type RunningRevision } from './check.js';
import { answerChecks } from './checks/answers.js';
import { callChecks, concurrencyChecks } from './checks/calls.js';
import { executionChecks } from './checks/execution.js';
import { attachChecks, handleChecks } from './checks/handles.js';
import { isolationChecks, resourceChecks } from './checks/isolation.js';
import { logChecks } from './checks/logs.js';
import { survivalChecks } from './checks/survival.js';
import type { Conformance } from './conformance.js';
import { expectNone } from './expectations.js';

/** Seconds that a check may take by default. */
const defaultTimeout = 180;

/** A check in a form for test runners. */
export interface SuiteCheck {
  name: string;
  /** Seconds. */
  timeout: number;
  run: () => Promise<void>;
}

/** Checks that run in order, between `setUp` and `tearDown`. */
export interface SuiteGroup {
  name: string;
  setUp: () => Promise<void>;
  checks: SuiteCheck[];
  /** Removes everything, whether or not the checks passed. */
  tearDown: () => Promise<void>;
}

/** Creates the checks of the behavior that every runner shares, for any test runner. */
export const createSuite = (conformance: Conformance): SuiteGroup[] => [
  createRunningGroup(conformance),
  createSurvivalGroup(conformance),
];

function createRunningGroup(conformance: Conformance): SuiteGroup {
  let scene: RunningRevision | undefined;
  const requireScene = () => {
    if (scene === undefined) throw new Error('the software of this group was not started');
    return scene;
  };
  const undo: Check<RunningRevision> = {
    name: 'undo removes everything',
    run: async ({ runner, plan }) => {
      await runner.undo();
      expectNone(await conformance.listRemaining(plan));
    },
  };
  const checks = [
    ...handleChecks,
    ...answerChecks,
    ...callChecks,
    ...(conformance.servesPython ? executionChecks : []),
    ...logChecks,
    ...isolationChecks,
    ...attachChecks,
    undo,
  ];
  return {
    name: `${conformance.name} is a runner`,
    setUp: async () => {
      const plan = await conformance.createPlan('r1', 20);
      const runner = new conformance.RunnerClass(plan);
      try {
        const handle = await runner.start({ env: { CANARY: canary } });
        await runner.archive?.({ env: { CANARY: canary } });
        scene = { conformance, plan, runner, handle };
      } catch (error) {
        await runner.undo();
        throw error;
      }
    },
    checks: checks.map((check) => bindCheck(check, requireScene)),
    tearDown: async () => await scene?.runner.undo(),
  };
}

function createSurvivalGroup(conformance: Conformance): SuiteGroup {
  return {
    name: `${conformance.name} survives crashes and interruptions`,
    setUp: async () => {},
    checks: [...survivalChecks, ...concurrencyChecks, ...resourceChecks].map((check) =>
      bindCheck(check, () => ({ conformance })),
    ),
    tearDown: async () => {},
  };
}

const bindCheck = <Scene>({ name, run, timeout = defaultTimeout }: Check<Scene>, scene: () => Scene): SuiteCheck => ({
  name,
  timeout,
  run: async () => {
    await run(scene());
  },
});

import { type Check, canary, type RunningScene } from './check.js';
import { answerChecks } from './checks/answers.js';
import { callChecks, concurrencyChecks } from './checks/calls.js';
import { executionChecks } from './checks/execution.js';
import { attachChecks, handleChecks } from './checks/handles.js';
import { logChecks } from './checks/logs.js';
import { resourceChecks, surroundingChecks } from './checks/surroundings.js';
import { survivalChecks } from './checks/survival.js';
import type { Conformance } from './conformance.js';
import { expectNone } from './expectations.js';

/** Seconds that a check may take which says nothing else. */
const usualPatience = 180;

/** A check as a test runner takes it. */
export interface SuiteCheck {
  name: string;
  /** Seconds. */
  patience: number;
  run: () => Promise<void>;
}

/** Checks that are run in their order, between `begin` and `end`. */
export interface SuiteGroup {
  name: string;
  begin: () => Promise<void>;
  checks: SuiteCheck[];
  /** Leaves nothing behind, whatever became of the checks. */
  end: () => Promise<void>;
}

/** The behaviour that every runner shares, as checks that any test runner can run. */
export const createSuite = (conformance: Conformance): SuiteGroup[] => [
  describeRunning(conformance),
  describeSurvival(conformance),
];

function describeRunning(conformance: Conformance): SuiteGroup {
  let scene: RunningScene | undefined;
  const requireScene = () => {
    if (scene === undefined) throw new Error('the software of this group was not started');
    return scene;
  };
  const undo: Check<RunningScene> = {
    name: 'nothing is left when it is undone',
    run: async ({ runner, plan }) => {
      await runner.undo();
      expectNone(await conformance.listRemains(plan));
    },
  };
  const checks = [
    ...handleChecks,
    ...answerChecks,
    ...callChecks,
    ...(conformance.servesPython ? executionChecks : []),
    ...logChecks,
    ...surroundingChecks,
    ...attachChecks,
    undo,
  ];
  return {
    name: `${conformance.name} is a runner`,
    begin: async () => {
      const plan = await conformance.makePlan('r1', 20);
      const runner = new conformance.RunnerClass(plan);
      try {
        const handle = await runner.start({ env: { CANARY: canary } });
        await runner.keep?.({ env: { CANARY: canary } });
        scene = { conformance, plan, runner, handle };
      } catch (error) {
        await runner.undo();
        throw error;
      }
    },
    checks: checks.map((check) => bind(check, requireScene)),
    end: async () => await scene?.runner.undo(),
  };
}

function describeSurvival(conformance: Conformance): SuiteGroup {
  return {
    name: `${conformance.name} survives what happens`,
    begin: async () => {},
    checks: [...survivalChecks, ...concurrencyChecks, ...resourceChecks].map((check) =>
      bind(check, () => ({ conformance })),
    ),
    end: async () => {},
  };
}

const bind = <Scene>({ name, run, patience = usualPatience }: Check<Scene>, scene: () => Scene): SuiteCheck => ({
  name,
  patience,
  run: async () => {
    await run(scene());
  },
});

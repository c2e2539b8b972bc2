import { afterAll } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { createLocalPlan } from '../strategies/local-plan.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const served: LocalRunner[] = [];
afterAll(async () => {
  for (const runner of served) await runner.undo();
});

export interface ServedHost {
  call: (inputs: unknown, timeout?: number) => Promise<Answer>;
  runner: LocalRunner;
  plan: RunPlan;
}

/** Starts a real host process that serves `callable` of `app.py`. It ends with the test file. */
export async function serve(
  app: string,
  callable: string,
  changes: Partial<RunPlan> & { call?: string; variables?: string[] } = {},
): Promise<ServedHost> {
  const { call = 'arguments', variables: environment, ...rest } = changes;
  const runInterface = { type: 'function', module: 'app', callable, call, ...(environment && { environment }) };
  const plan = createLocalPlan(temporaryDirectory('berth-host-'), { 'app.py': app }, { runInterface, ...rest });
  const runner = new LocalRunner(plan);
  served.push(runner);
  await runner.start({ env: {} });
  return { plan, runner, call: (inputs, timeout) => runner.run(inputs, timeout === undefined ? {} : { timeout }) };
}

export const success = (output: unknown): Answer => ({ status: 'success', output });

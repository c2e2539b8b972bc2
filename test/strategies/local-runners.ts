import { afterAll, beforeAll } from '@jest/globals';
import type { Runner } from '../../src/runners/runner.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { createBentoPlan } from './bentoml-plan.js';
import { createGraphPlan } from './langgraph-plan.js';
import { createLocalPlan } from './local-plan.js';

type NamedRunner = [strategy: string, makeRunner: () => Promise<Runner>];

/** Lists a runner of the same code for each strategy that needs only Python; `runInterface` is for `local`. */
export const listLocalRunners = (files: Record<string, string>, runInterface: { type: string }): NamedRunner[] => [
  ['local', async () => new LocalRunner(createLocalPlan(temporaryDirectory(), files, { runInterface }))],
  ['bentoml', async () => new BentoMLRunner(await createBentoPlan(temporaryDirectory(), files))],
  ['langgraph', async () => new LangGraphRunner(await createGraphPlan(temporaryDirectory('berth-graph-'), files))],
];

/** Starts a runner before the tests of a `describe` and removes it after them. */
export function startBeforeAll(makeRunner: () => Promise<Runner>): () => Runner {
  let runner: Runner;
  beforeAll(async () => {
    runner = await makeRunner();
    await runner.start({ env: {} });
  }, 300_000);
  afterAll(() => runner.undo());
  return () => runner;
}

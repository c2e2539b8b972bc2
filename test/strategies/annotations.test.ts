/** @needs python3 uv */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callByValues } from '../../src/runners/call-text.js';
import type { Runner } from '../../src/runners/runner.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import { temporaryDirectory } from '../support/temporary.js';
import { annotatedCalls, annotatedRepository } from './annotated-repository.js';
import { bentoPlan } from './bento-plan.js';
import { graphPlan } from './graph-plan.js';
import { localPlan } from './local-plan.js';
import { modalPlan, openFakeModal } from './modal-plan.js';

// What `docker` answers to the same calls is in docker-annotations.test.ts.

const { inputs, answer, refused } = annotatedCalls;
const runInterface = { type: 'function', module: 'app', callable: 'predict', call: 'arguments' };

describe.each<[string, () => Promise<Runner>]>([
  ['local', async () => new LocalRunner(localPlan(temporaryDirectory(), annotatedRepository, { runInterface }))],
  ['bentoml', async () => new BentoMLRunner(await bentoPlan(temporaryDirectory(), annotatedRepository))],
  [
    'langgraph',
    async () => new LangGraphRunner(await graphPlan(temporaryDirectory('berth-graph-'), annotatedRepository)),
  ],
  [
    'modal',
    async () => {
      await openFakeModal();
      return new ModalRunner(await modalPlan(temporaryDirectory(), annotatedRepository));
    },
  ],
])('%s', (_, makeRunner) => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await makeRunner();
    await runner.start({ env: {} });
  }, 300_000);
  afterAll(() => runner.undo());

  test('converts inputs by their annotations, and keeps every digit', async () => {
    const byValues = () => callByValues(inputs, { keepsDigits: true }, (values) => runner.run(values));
    expect(await (runner.runText?.(inputs) ?? byValues())).toBe(answer);
  });

  test.each(refused)('refuses %j, and names the field', async (given, message) => {
    expect(await runner.run(given)).toMatchObject({
      error: { code: 'CALL_INPUT', message: expect.stringContaining(message) },
    });
  });
});

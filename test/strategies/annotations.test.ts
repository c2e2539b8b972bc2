/** @needs python3 uv */
import { describe, expect, test } from '@jest/globals';
import { callByValues } from '../../src/runners/call-text.js';
import type { Runner } from '../../src/runners/runner.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import { temporaryDirectory } from '../support/temporary.js';
import { annotatedCalls, annotatedRepository } from './annotated-repository.js';
import { modalPlan, openFakeModal } from './modal-plan.js';
import { onThisMachine, startForAll } from './on-this-machine.js';

// What `docker` answers to the same calls is in docker-annotations.test.ts.

const { inputs, answer, refused } = annotatedCalls;
const runInterface = { type: 'function', module: 'app', callable: 'predict', call: 'arguments' };

describe.each<[string, () => Promise<Runner>]>([
  ...onThisMachine(annotatedRepository, runInterface),
  [
    'modal',
    async () => {
      await openFakeModal();
      return new ModalRunner(await modalPlan(temporaryDirectory(), annotatedRepository));
    },
  ],
])('%s', (_, makeRunner) => {
  const runner = startForAll(makeRunner);

  test('converts inputs by their annotations, and keeps every digit', async () => {
    const byValues = () => callByValues(inputs, { keepsDigits: true }, (values) => runner().run(values));
    expect(await (runner().runText?.(inputs) ?? byValues())).toBe(answer);
  });

  test.each(refused)('refuses %j, and names the field', async (given, message) => {
    expect(await runner().run(given)).toMatchObject({
      error: { code: 'CALL_INPUT', message: expect.stringContaining(message) },
    });
  });
});

/** @needs python3 uv */
import { describe, expect, test } from '@jest/globals';
import { callWithParsedInputs } from '../../src/runners/call-text.js';
import type { Runner } from '../../src/runners/runner.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { annotatedCalls, annotatedRepository } from './annotated-repository.js';
import { listLocalRunners, startBeforeAll } from './local-runners.js';
import { createModalPlan, openFakeModal } from './modal-plan.js';

// docker-annotations.test.ts makes the same calls to `docker`.

const { inputs, answer, refused } = annotatedCalls;
const runInterface = { type: 'function', module: 'app', callable: 'predict', call: 'arguments' };

describe.each<[string, () => Promise<Runner>]>([
  ...listLocalRunners(annotatedRepository, runInterface),
  [
    'modal',
    async () => {
      await openFakeModal();
      return new ModalRunner(await createModalPlan(temporaryDirectory(), annotatedRepository));
    },
  ],
])('%s', (_, makeRunner) => {
  const runner = startBeforeAll(makeRunner);

  test('converts inputs by their annotations, and keeps every digit', async () => {
    const byValues = () => callWithParsedInputs(inputs, { keepsDigits: true }, (values) => runner().run(values));
    expect(await (runner().runText?.(inputs) ?? byValues())).toBe(answer);
  });

  test.each(refused)('refuses %j and names the field', async (given, message) => {
    expect(await runner().run(given)).toMatchObject({
      error: { code: 'CALL_INPUT', message: expect.stringContaining(message) },
    });
  });
});

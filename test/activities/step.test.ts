import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { step } from '../../src/activities/step.js';

/** A step of 50 ms that notes what it does. */
function notingStep() {
  const noted: string[] = [];
  const run = step(async (attempt: string) => {
    noted.push(`${attempt} begins`);
    await setTimeout(50);
    noted.push(`${attempt} ends`);
    if (attempt === 'failing') throw new Error('no');
  });
  return { run, noted };
}

test('an attempt at a step waits until the earlier one has ended in this process', async () => {
  const { run, noted } = notingStep();
  const attempts = ['failing', 'second'].map((attempt) => new MockActivityEnvironment().run(run, attempt));
  const [failing, second] = await Promise.allSettled(attempts);
  expect([failing?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
  expect(noted).toEqual(['failing begins', 'failing ends', 'second begins', 'second ends']);
});

test('different steps run side by side', async () => {
  const { run, noted } = notingStep();
  await Promise.all(['1', '2'].map((activityId) => new MockActivityEnvironment({ activityId }).run(run, activityId)));
  expect(noted).toEqual(['1 begins', '2 begins', '1 ends', '2 ends']);
});

import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { step } from '../../../src/activities/support/step.js';

/** Step of 50 ms that records its start and its end. */
function createRecordingStep() {
  const events: string[] = [];
  const run = step(async (attempt: string) => {
    events.push(`${attempt} begins`);
    await setTimeout(50);
    events.push(`${attempt} ends`);
    if (attempt === 'failing') throw new Error('no');
  });
  return { run, events };
}

test('an attempt at a step waits until the earlier one has ended in this process', async () => {
  const { run, events } = createRecordingStep();
  const attempts = ['failing', 'second'].map((attempt) => new MockActivityEnvironment().run(run, attempt));
  const [failing, second] = await Promise.allSettled(attempts);
  expect([failing?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
  expect(events).toEqual(['failing begins', 'failing ends', 'second begins', 'second ends']);
});

test('different steps run side by side', async () => {
  const { run, events } = createRecordingStep();
  await Promise.all(['1', '2'].map((activityId) => new MockActivityEnvironment({ activityId }).run(run, activityId)));
  expect(events).toEqual(['1 begins', '2 begins', '1 ends', '2 ends']);
});

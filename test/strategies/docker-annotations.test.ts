/** @needs python3 container-engine */
import { beforeAll, expect, test } from '@jest/globals';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { annotatedCalls, annotatedRepository } from './annotated-repository.js';
import { createDockerPlan } from './docker-plan.js';

const { inputs, answer, refused } = annotatedCalls;

let runner: DockerRunner;
beforeAll(async () => {
  await openTestEngine();
  const deployment = `annotated-${process.pid}`;
  runner = new DockerRunner(
    await createDockerPlan(temporaryDirectory('berth-docker-'), annotatedRepository, { deployment }),
  );
  registerCleanup(() => runner.undo());
  await runner.start({ env: {} });
}, 300_000);

test('converts inputs by their annotations, and keeps every digit', async () => {
  expect(await runner.runText(inputs)).toBe(answer);
});

test.each(refused)('refuses %j and names the field', async (given, message) => {
  expect(await runner.run(given)).toMatchObject({
    error: { code: 'CALL_INPUT', message: expect.stringContaining(message) },
  });
});

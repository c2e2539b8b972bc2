/** @needs python3 uv */
import { afterAll, expect, test } from '@jest/globals';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { createBentoPlan } from './bentoml-plan.js';
import { entryRepositories } from './entry-repositories.js';

const runners: BentoMLRunner[] = [];
afterAll(async () => {
  for (const runner of runners) await runner.undo();
});

test.each(Object.entries(entryRepositories))('%s is served', async (_, { files, entry, inputs, output }) => {
  const plan = await createBentoPlan(temporaryDirectory('berth-bento-'), files, { ...(entry && { entry }) });
  const runner = new BentoMLRunner(plan);
  runners.push(runner);
  await runner.start({ env: {} });
  expect(await runner.run(inputs)).toEqual({ status: 'success', output });
});

test('an import that starts a server is ended, and the error names the line', async () => {
  const files = {
    'app.py': 'import threading\n\n\ndef predict(text: str):\n    return text\n\n\nthreading.Event().wait()\n',
  };
  const plan = await createBentoPlan(temporaryDirectory('berth-bentoml-'), files, { importTimeout: 1 });
  const runner = new BentoMLRunner(plan);
  runners.push(runner);
  await expect(runner.start({ env: {} })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(
      /longer than its 1 s and is at app\.py:8: threading\.Event\(\)\.wait\(\).*--import-timeout/,
    ),
    details: { evidence: expect.stringContaining('app.py", line 8') },
  });
});

/** @needs python3 container-engine */
import { expect, test } from '@jest/globals';
import { setUpDocker } from './docker-setup.js';
import { entryRepositories } from './entry-repositories.js';

const setup = setUpDocker('entries');

test.each(Object.entries(entryRepositories))(
  '%s is served',
  async (_, { files, entry, inputs, output }) => {
    const { runner } = await setup.makeRunner(files, { ...(entry && { entry }) });
    await runner.start({ env: {} });
    expect(await runner.run(inputs)).toEqual({ status: 'success', output });
    await runner.stop();
  },
  120_000,
);

test('an import that starts a server is ended, and the error names the line', async () => {
  const files = {
    'app.py': 'import threading\n\n\ndef predict(text: str):\n    return text\n\n\nthreading.Event().wait()\n',
  };
  const { runner } = await setup.makeRunner(files, { importTimeout: 1 });
  await expect(runner.start({ env: {} })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(
      /longer than its 1 s and is at app\.py:8: threading\.Event\(\)\.wait\(\).*--import-timeout/,
    ),
    details: { evidence: expect.stringContaining('app.py", line 8') },
  });
}, 120_000);

test('an import that blocks in C code is ended, too, and the error names the line', async () => {
  const files = {
    'app.py': 'import ctypes\n\n\ndef predict(text: str):\n    return text\n\n\nctypes.PyDLL(None).sleep(600)\n',
  };
  const { runner } = await setup.makeRunner(files, { importTimeout: 1 });
  await expect(runner.start({ env: {} })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(/longer than its 1 s and is at app\.py:8.*--import-timeout/),
  });
}, 120_000);

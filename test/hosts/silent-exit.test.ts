import { expect, test } from '@jest/globals';
import { serveFiles } from './serve-files.js';

const entry = { module: 'app', callable: 'predict' };
const predict = 'def predict():\n    return 1\n';
const crash = 'import ctypes\n\n\ndef crash():\n    ctypes.string_at(0)\n\n\ncrash()\n';

test('an error names the imported module that ended the process', async () => {
  const files = { 'app.py': `import os\nos._exit(3)\n${predict}` };
  await expect(serveFiles(files, entry, { importTimeout: 60 })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: 'the process exited with code 3 while importing app before it could be called',
  });
});

test('an error names the line of a crash during an import, without threads and frames of the host process', async () => {
  const files = { 'app.py': `import helper\n${predict}`, 'helper.py': crash };
  const error = await serveFiles(files, entry, { importTimeout: 60 }).catch((found) => found);
  expect(error).toMatchObject({
    code: 'START_FAILED',
    message: 'the process was ended by SIGSEGV while importing app, at helper.py:5 before it could be called',
  });
  const { evidence } = error.details;
  expect(evidence).toMatch(
    /Fatal Python error: Segmentation fault[\s\S]*helper\.py", line 5 in crash[\s\S]*"app\.py", line 1/,
  );
  expect(evidence).not.toMatch(/berth_host|frozen importlib|\nThread 0x/);
});

test('an error names the class with the setup that ended the process', async () => {
  const files = {
    'app.py':
      'import os\n\n\nclass Model:\n    def setup(self):\n        os._exit(4)\n\n    def predict(self):\n        return 1\n',
  };
  await expect(serveFiles(files, { ...entry, callable: 'Model' })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: 'the process exited with code 4 in setup of app:Model before it could be called',
  });
});

import { expect, test } from '@jest/globals';
import { serveFiles } from './serve-files.js';

const entry = { module: 'app', callable: 'predict' };
const [serving, sleeping] = [
  `import socketserver\n\n\ndef launch():\n    with socketserver.TCPServer(("127.0.0.1", 0), None) as server:\n        server.serve_forever()\n\n\nlaunch()\n`,
  'import helper\n',
];

const blocked: [string, Record<string, string>, RegExp, RegExp][] = [
  [
    'serves',
    { 'app.py': serving },
    /longer than its 0\.5 s and is at app\.py:6: server\.serve_forever\(\)/,
    /app\.py", line 9/,
  ],
  [
    'waits in a module that it imports',
    { 'app.py': sleeping, 'helper.py': 'import threading\nthreading.Event().wait()\n' },
    /is at helper\.py:2: threading\.Event\(\)\.wait\(\)/,
    /app\.py", line 1[\s\S]*helper\.py", line 2/,
  ],
  [
    'loops and catches every exception',
    { 'app.py': 'while True:\n    try:\n        pass\n    except BaseException:\n        pass\n' },
    /is at app\.py:\d/,
    /app\.py/,
  ],
];

test.each(blocked)('an import that %s ends, with the line', async (_, files, message, evidence) => {
  const starting = serveFiles(files, entry, { importTimeout: 0.5 });
  await expect(starting).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(message),
    details: { evidence: expect.stringMatching(evidence) },
  });
  await expect(starting).rejects.toThrow(/below `if __name__ == "__main__":`.*--import-timeout SECONDS/);
});

test('an import in C code that blocks all other threads ends, too', async () => {
  const files = {
    'app.py': 'import ctypes\n\n\ndef stand_still():\n    ctypes.PyDLL(None).sleep(60)\n\n\nstand_still()\n',
  };
  await expect(serveFiles(files, entry, { importTimeout: 0.5 })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(/longer than its 0\.5 s and is at app\.py:5.*--import-timeout SECONDS/),
  });
});

test.each([
  ['that a pattern never lets go of', 're.match(r"(a+)+$", "a" * 64 + "b")', 'app.py:6'],
  ['that has switched off its own watchdog', 'faulthandler.cancel_dump_traceback_later(); wait()', 'app.py:4'],
])('an import %s is ended from outside', async (_, code, location) => {
  const wait = 'def wait():\n    ctypes.PyDLL(None).sleep(600)\n';
  const files = { 'app.py': `import ctypes, faulthandler, re\n\n${wait}\n${code}\n` };
  const error = await serveFiles(files, entry, { importTimeout: 0.5 }).catch((found) => found);
  expect(error).toMatchObject({ code: 'IMPORT_FAILED', message: expect.stringContaining(`and is at ${location}`) });
});

test('an import that neither its process nor Python can end is ended from outside', async () => {
  const files = {
    'app.py':
      'import ctypes, faulthandler, signal\nfaulthandler.cancel_dump_traceback_later()\nfaulthandler.disable()\nsignal.signal(signal.SIGABRT, signal.SIG_IGN)\nctypes.PyDLL(None).sleep(600)\n',
  };
  await expect(serveFiles(files, entry, { importTimeout: 0.5 })).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringMatching(/longer than its 0\.5 s, in code that blocks all other threads/),
  });
});

test('code that aborts during its import is not reported as a timeout', async () => {
  await expect(serveFiles({ 'app.py': 'import os\nos.abort()\n' }, entry, { importTimeout: 60 })).rejects.toMatchObject(
    {
      code: 'START_FAILED',
      message: expect.stringContaining('SIGABRT'),
    },
  );
});

test('an import in a call may take longer than the import timeout', async () => {
  const files = {
    'app.py': 'def predict():\n    import late\n    return late.value\n',
    'late.py': 'import time\ntime.sleep(2)\nvalue = 1\n',
  };
  const { call } = await serveFiles(files, entry, { importTimeout: 0.5 });
  expect(await call({})).toMatchObject({ output: 1 });
});

test('building and setup may take longer than the import timeout', async () => {
  const files = {
    'app.py':
      'import time\n\n\nclass Model:\n    def setup(self):\n        time.sleep(1)\n\n    def predict(self):\n        return 1\n',
  };
  const { call } = await serveFiles(files, { module: 'app', callable: 'Model' }, { importTimeout: 0.5 });
  expect(await call({})).toMatchObject({ output: 1 });
});

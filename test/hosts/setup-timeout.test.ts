import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { serveFiles } from './serve-files.js';

const entry = { module: 'app', callable: 'Model' };
const model = (body: string, method = 'def setup(self)') => ({
  'app.py': `import asyncio, ctypes, time\n\n\nclass Model:\n    ${method}:\n        ${body}\n\n    def predict(self):\n        return 1\n`,
});

const endless: [string, Record<string, string>, string][] = [
  ['setup() that sleeps', model('time.sleep(600)'), 'app.py:6: time.sleep(600)'],
  ['__init__ that loops', model('while True: pass', 'def __init__(self)'), 'app.py:6: while True: pass'],
  ['coroutine', model('await asyncio.sleep(600)', 'async def setup(self)'), 'app.py:6: await asyncio.sleep(600)'],
];

test.each(endless)(
  'a %s and never returns ends, with the line',
  async (_, files, location) => {
    const lines: string[] = [];
    const onProgress = (line: string) => void lines.push(line);
    await expect(serveFiles(files, entry, { setupTimeout: 1.5, onProgress })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining(`setup of app:Model took longer than 1.5 s and is at ${location}`),
      details: { evidence: expect.stringContaining('app.py", line 6') },
    });
    const name = /__init__/.test(files['app.py'] ?? '') ? '__init__' : 'setup';
    expect(lines.at(-1)).toMatch(new RegExp(`^setup of app:Model has taken 1\\.\\d s, at app\\.py:6 in ${name}$`));
  },
  20_000,
);

test('a setup in C code that blocks all other threads ends, too', async () => {
  const files = model('ctypes.PyDLL(None).sleep(600)');
  await expect(serveFiles(files, entry, { setupTimeout: 1 })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(/setup of app:Model took longer than .* and is at app\.py:6, in code/),
  });
}, 20_000);

test('the setup of a Cog predictor has a timeout, too', async () => {
  const files = model('time.sleep(600)');
  await expect(serveFiles(files, { ...entry, call: 'cog' }, { setupTimeout: 1 })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('and is at app.py:6'),
  });
}, 20_000);

test('the setup timeout works even if libraries replace functions', async () => {
  const files = {
    'app.py':
      'import threading, time\n\n\nclass Model:\n    def __init__(self):\n        threading.Thread = threading.Event = None\n        real, time.monotonic = time.sleep, None\n        real(600)\n\n    def predict(self):\n        return 1\n',
  };
  await expect(serveFiles(files, entry, { setupTimeout: 1 })).rejects.toThrow('is at app.py:8: real(600)');
}, 20_000);

test('the log shows the current line of a slow setup', async () => {
  const { plan } = await serveFiles(model('time.sleep(1)'), entry, { setupTimeout: 6 });
  expect(readFileSync(plan.logFile, 'utf8')).toMatch(/setup of app:Model has taken 0\.\d s, at app\.py:6 in setup/);
}, 20_000);

test('a setup that ends in time serves', async () => {
  const { call } = await serveFiles(model('time.sleep(0.5)'), entry, { setupTimeout: 5 });
  expect(await call({})).toMatchObject({ output: 1 });
}, 20_000);

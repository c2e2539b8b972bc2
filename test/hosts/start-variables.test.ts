import { expect, test } from '@jest/globals';
import { success } from './serve.js';
import { serveFiles } from './serve-files.js';

const files = {
  'app.py': `
import os, sys

import beside


def predict():
    with open("/proc/self/environ") as environment:
        initial = dict(pair.split("=", 1) for pair in environment.read().split("\\0") if pair)
    return {
        "hash": str(hash("berth")),
        "debug": __debug__,
        "beside": beside.NAME,
        "linker": initial.get("LD_LIBRARY_PATH"),
        "secret": initial.get("TOKEN"),
        "seen": os.environ["TOKEN"],
        "flags": list(sys.warnoptions),
    }
`,
  'lib/beside.py': 'NAME = "beside"\n',
};
const entry = { module: 'app', callable: 'predict' };
const env = {
  PYTHONPATH: 'lib',
  PYTHONHASHSEED: '7',
  PYTHONOPTIMIZE: '1',
  LD_LIBRARY_PATH: '/opt/nowhere',
  PYTHONWARNINGS: 'ignore',
  TOKEN: 'secret',
};

test('variables that are read at the start of a process take effect, and no others are in its initial environment', async () => {
  const first = await serveFiles(files, entry, { env });
  const answer = await first.call({});
  expect(answer).toMatchObject(
    success({
      debug: false,
      beside: 'beside',
      linker: '/opt/nowhere',
      secret: null,
      seen: 'secret',
      flags: ['ignore'],
      hash: expect.any(String),
    }),
  );
  const second = await serveFiles(files, entry, { env });
  expect(await second.call({})).toEqual(answer);
});

test('variables that the code requires take effect, too, but the user’s override them', async () => {
  const environment = ['PYTHONPATH=lib', 'PYTHONHASHSEED=7', 'PYTHONOPTIMIZE=1', 'TOKEN=code'];
  const { call } = await serveFiles(files, { ...entry, environment }, { env: { PYTHONOPTIMIZE: '0' } });
  expect(await call({})).toMatchObject({ output: { debug: true, beside: 'beside', seen: 'code' } });
});

test('a value that Python refuses is in the error', async () => {
  await expect(serveFiles(files, entry, { env: { ...env, PYTHONHASHSEED: 'seven' } })).rejects.toMatchObject({
    code: 'START_FAILED',
    details: { evidence: expect.stringContaining('PYTHONHASHSEED') },
  });
});

/** @needs python3 */
import { expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { readStream } from '../support/read-stream.js';
import { serve, success } from './serve.js';

// Code that interferes at its import with the channels between the host process and its callers.

const garbage = [
  [
    'lines of all kinds',
    `${'\\n'.repeat(3)}no JSON\\nnull\\n7\\n[]\\n"ready"\\n{}\\n{"state": null}\\n{"state": "gone"}\\n`,
  ],
  [
    'what looks like a report',
    '{"state": "ready"}\\n{"state": "busy"}\\n{"state": "failed"}\\n{"state": "imported"}\\n',
  ],
  ['the beginning of a line', '{"state": "ready", "identity": {"pid": 1'],
  ['bytes that are no text', '\\0\\xff\\xfe'],
] as const;

test.each(garbage)(
  '%s, written to every pipe and socket of the process, does not disturb its start',
  async (_, text) => {
    const source = `
import os, stat
for descriptor in range(3, 2048):
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode): os.write(descriptor, '${text}'.encode("latin-1"))
    except OSError:
        pass
def predict(): return "served"
`;
    expect(await (await serve(source, 'predict')).call({})).toEqual(success('served'));
  },
);

test('a start that fails after that reports the reason', async () => {
  const source = `
import os
for descriptor in range(3, 2048):
    try: os.write(descriptor, b'{"state": "ready", "identity": {"pid": 1')
    except OSError: pass
raise ValueError("no weights")
`;
  await expect(serve(source, 'predict')).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringContaining('ValueError: no weights'),
  });
});

const replacements = {
  'functions of the json module': 'json.dumps = json.loads = json.dump = json.load = broken',
  'methods of its classes':
    'json.JSONEncoder.encode = json.JSONEncoder.iterencode = json.JSONDecoder.decode = json.JSONDecoder.raw_decode = broken',
  'its encoder for other types': 'json.JSONEncoder.default = lambda self, value: "replaced"',
  'the encoder and decoder that it uses': 'json._default_encoder = json._default_decoder = None',
};

test.each(Object.entries(replacements))('code that replaces %s does not change the host’s JSON', async (_, deed) => {
  const source = `
import json
def broken(*arguments, **options): raise RuntimeError("replaced")
${deed}
def predict(what="", value=None):
    if what == "raise": raise ValueError("no good")
    if what == "odd": return {1j}
    if what == "stream": return iter([value, value])
    return value
`;
  const { call, runner } = await serve(source, 'predict');
  const value = { text: 'größe "1"', list: [1, 1.5, null, true], deep: { '': [] } };
  expect(await call({ value })).toEqual(success(value));
  expect(await call({ value: 'text' })).toEqual(success('text'));
  expect(JSON.parse(await runner.runText('{"value": 9007199254740993}'))).toMatchObject({ status: 'success' });
  expect(await readStream(runner.stream({ what: 'stream', value }))).toEqual({
    chunks: [value, value],
    answer: success([value, value]),
  });
  expect(requireFailure(await call({ what: 'raise' })).message).toBe('ValueError: no good');
  expect(requireFailure(await call({ what: 'odd' })).code).toBe('CALL_OUTPUT');
  expect(requireFailure(await call({ unknown: 1 })).code).toBe('CALL_INPUT');
  expect(requireFailure(await call(['no object'])).code).toBe('CALL_INPUT');
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true });
});

/** @needs python3 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { runBin } from '../support/bin.js';
import { publishRevision, runnerModules } from '../support/publish-revision.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const app = `
def predict(value=None, steps=None, fail=None, own=None):
    if fail: return {"status": "error", "error": {"code": "FULL", "message": "no room", "limit": 2**63}}
    if own: return {"status": "success", "output": 1, "index": 2**63}
    return [type(value).__name__, value, 2**63 - 1] if steps is None else (step for step in steps)
`;

const home = temporaryHome();
beforeAll(async () => {
  await publishRevision(home, { module: runnerModules.built, app });
});

const berth = (...words: string[]) => runBin(words, { home: home.root });

test.each([
  ['9007199254740993', '["int",9007199254740993,9223372036854775807]'],
  ['-123456789012345678901234567890', '["int",-123456789012345678901234567890,9223372036854775807]'],
  ['1.0', '["float",1.0,9223372036854775807]'],
  ['-0.0', '["float",-0.0,9223372036854775807]'],
])('run passes %s on unchanged', async (number, output) => {
  const { stdout, exitCode } = await berth('run', 'demo', `{"value": ${number}}`);
  expect([stdout, exitCode]).toEqual([`{"status":"success","output":${output}}`, 0]);
});

test('run --stream keeps the digits of each chunk and of the answer', async () => {
  const { stdout } = await berth('run', 'demo', '{"steps": [9007199254740993, 1.0, "a"]}', '--stream');
  expect(stdout.split('\n')).toEqual([
    '{"status":"chunk","output":9007199254740993}',
    '{"status":"chunk","output":1.0}',
    '{"status":"chunk","output":"a"}',
    '{"status":"success","output":[9007199254740993,1.0,"a"]}',
  ]);
  const joined = await berth('run', 'demo', '{"steps": ["a", "\\ud83d\\ude80 \\"b\\""]}', '--stream');
  expect(joined.stdout.split('\n').at(-1)).toBe('{"status":"success","output":"a🚀 \\"b\\""}');
});

test('an error is printed in one form, with all digits', async () => {
  const { stdout, exitCode } = await berth('run', 'demo', '{"fail": true}');
  const error = '{"code":"FULL","message":"no room","limit":9223372036854775808}';
  expect([stdout, exitCode]).toEqual([`{"status":"error","error":${error}}`, 1]);
});

test('batch reads lines with a byte order mark and odd separators, and a broken line fails alone', async () => {
  const file = join(temporaryDirectory(), 'inputs.jsonl');
  const lines = ['\ufeff{"value": 9007199254740993}', '{"value": "a\u2028b"}\r', '  ', '{"value":', '{"own": true}'];
  writeFileSync(file, Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from([0x0a, 0x22, 0xff, 0x22])]));
  const { stdout, exitCode } = await berth('batch', 'demo', file);
  const [big, text, broken, own, latin] = stdout.split('\n');
  expect(big).toBe('{"index":0,"status":"success","output":["int",9007199254740993,9223372036854775807]}');
  expect(text).toBe('{"index":1,"status":"success","output":["str","a\u2028b",9223372036854775807]}');
  expect(JSON.parse(broken ?? '')).toMatchObject({ index: 2, error: { code: 'INPUT_INVALID' } });
  expect(own).toBe('{"index":3,"status":"success","output":1}');
  expect(JSON.parse(latin ?? '')).toMatchObject({ index: 4, error: { message: expect.stringContaining('UTF-8') } });
  expect(exitCode).toBe(1);
});

/** @needs python3 */
import { beforeAll, expect, test } from '@jest/globals';
import { type ServedHost, serve } from './serve.js';

let served: ServedHost;
beforeAll(async () => {
  served = await serve('def predict(x): return [type(x).__name__, x]', 'predict');
});

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test.each([
  ['{"x": 9007199254740993}', '["int",9007199254740993]'],
  ['\ufeff {"x": 1.0}\n', '["float",1.0]'],
  ['{"x": -0.0}', '["float",-0.0]'],
  ['{"x": 1e-400}', '["float",0.0]'],
  [`{"x": ${nested(100)}}`, `["list",${nested(100)}]`],
])('%.40s arrives as it was written', async (inputs, output) => {
  expect(await served.runner.runText(inputs)).toBe(`{"status":"success","output":${output}}`);
});

test.each([
  ['{"x": 1e400}', 'inputs.x is 1e400, which is larger than any floating-point number'],
  ['{"x": [0, {"a b": -1.5e999}]}', "inputs.x[1]['a b'] is -1.5e999, which is larger than any floating-point number"],
  ['{"x": NaN}', 'inputs.x is NaN, which JSON does not have'],
  ['[-Infinity]', 'inputs[0] is -Infinity, which JSON does not have'],
  ['{"x": {"y": 1, "y": 2}}', 'inputs.x.y is given twice'],
  ['{"x": 1,\n "x": 1}', 'inputs.x is given twice'],
  [`{"x": ${'9'.repeat(5_000)}}`, 'inputs.x is an integer of 5000 digits, and Python reads at most 4300'],
  [nested(100_000), 'the inputs are nested too deeply'],
  ['{"x": 1} 2', 'the inputs are not JSON: Extra data'],
  ['{"x": }', 'the inputs are not JSON: Expecting value'],
  ['', 'the inputs are not JSON: Expecting value'],
])('%.40s is refused with its location', async (inputs, message) => {
  const answer = JSON.parse(await served.runner.runText(inputs));
  expect(answer).toMatchObject({ error: { code: 'CALL_INPUT', message: expect.stringContaining(message) } });
});

test('JavaScript values are converted by their meaning, or refused before they are sent', async () => {
  const { call } = served;
  expect(await call({ x: 2n ** 80n })).toEqual({ status: 'success', output: ['int', 2n ** 80n] });
  expect(await call({ x: new Set(['a']) })).toEqual({ status: 'success', output: ['list', ['a']] });
  expect(await call({ x: Buffer.from('hi') })).toMatchObject({
    output: ['str', 'data:application/octet-stream;base64,aGk='],
  });
  expect(await call({ x: new Blob(['hi'], { type: 'image/png' }) })).toMatchObject({
    output: ['str', 'data:image/png;base64,aGk='],
  });
  const message = 'inputs.x[1] is NaN, which JSON cannot hold';
  expect(await call({ x: [0, Number.NaN] })).toEqual({ status: 'error', error: { code: 'CALL_INPUT', message } });
});

/** @needs python3 uv */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { readExactJson } from '../../src/json/read-json.js';
import { callWithParsedInputs } from '../../src/runners/call-text.js';
import { callJson } from '../../src/runners/http/json-call.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createGraphPlan } from './langgraph-plan.js';
import { listLocalRunners, startBeforeAll } from './local-runners.js';

const files = {
  'main.py': `
def predict(inputs: dict):
    value = inputs["value"]
    kinds = [type(item).__name__ for item in value]
    return {"kinds": kinds, "value": value, "big": 2**63 - 1, "whole": 2.0}
`,
};

const runInterface = { type: 'function', module: 'main', callable: 'predict', call: 'inputs' };

describe.each(listLocalRunners(files, runInterface))('%s', (_, makeRunner) => {
  const runner = startBeforeAll(makeRunner);

  test('passes JSON text in and out with every digit', async () => {
    const text = await runner().runText?.('{"value": [9007199254740993, 1.0, -0.0, 0.1, 18446744073709551615]}');
    expect(text).toBe(
      '{"status":"success","output":{"kinds":["int","float","float","float","int"],' +
        '"value":[9007199254740993,1.0,-0.0,0.1,18446744073709551615],"big":9223372036854775807,"whole":2.0}}',
    );
  });

  test('takes and returns bigints', async () => {
    const big = 9223372036854775807n;
    expect(await runner().run({ value: [big, new Set([1n])] })).toEqual({
      status: 'success',
      output: { kinds: ['int', 'list'], value: [big, [1]], big, whole: 2 },
    });
  });

  test.each([
    ['{"value": [1e400]}', 'inputs.value[0] is 1e400'],
    ['{"value": [{"a": 1, "a": 2}]}', 'inputs.value[0].a is given twice'],
  ])('refuses text that would be changed: %s', async (inputs, message) => {
    const answer = JSON.parse((await runner().runText?.(inputs)) ?? '');
    expect(answer).toMatchObject({ error: { code: 'CALL_INPUT', message: expect.stringContaining(message) } });
  });

  test('refuses values that JSON cannot hold', async () => {
    expect(await runner().run({ value: [Number.NaN] })).toMatchObject({
      error: { code: 'CALL_INPUT', message: 'inputs.value[0] is NaN, which JSON cannot hold' },
    });
  });
});

test('langgraph refuses an integer that its server would round', async () => {
  const runner = new LangGraphRunner(await createGraphPlan(temporaryDirectory('berth-graph-'), files));
  registerCleanup(() => runner.undo());
  await runner.start({ env: {} });
  const message = `inputs.value[0] is ${2n ** 70n}, which the LangGraph server would round: it has more than 64 bits`;
  expect(await runner.run({ value: [2n ** 70n] })).toMatchObject({ error: { code: 'CALL_INPUT', message } });
}, 120_000);

test('the repository’s own server gets and returns every digit', async () => {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"got": ${Buffer.concat(pieces)}}`);
    });
  }).listen(0, '127.0.0.1');
  registerCleanup(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const call = (inputs: unknown) => callJson({ url, timeout: 5, inputs, readJson: readExactJson });
  expect(await callWithParsedInputs('{"x": [9007199254740993, 1.0]}', { keepsDigits: true }, call)).toBe(
    '{"status":"success","output":{"got":{"x":[9007199254740993,1.0]}}}',
  );
  expect(await callJson({ url, timeout: 5, inputs: [2n ** 63n] })).toEqual({
    status: 'success',
    output: { got: [2n ** 63n] },
  });
  expect(await callJson({ url, timeout: 5, inputs: [() => 1] })).toMatchObject({ error: { code: 'CALL_INPUT' } });
});

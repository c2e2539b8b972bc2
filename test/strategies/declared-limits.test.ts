/** @needs python3 uv */
import { describe, expect, test } from '@jest/globals';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { readStream } from '../support/read-stream.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createGraphPlan } from './langgraph-plan.js';
import { listLocalRunners, startBeforeAll } from './local-runners.js';

const files = {
  'app.py': `from dataclasses import dataclass


@dataclass
class Score:
    value: float


def predict(x: float, scores: list = (), y: int = 1):
    if x == 0:
        return {"scores": [1.0, {"value": float("nan")}]}
    if x == 1.5:
        return [Score(float("-inf"))]
    return [type(x).__name__, x, y]
`,
};
const runInterface = { type: 'function', module: 'app', callable: 'predict', call: 'arguments' };

describe.each(listLocalRunners(files, runInterface))('%s', (_, makeRunner) => {
  const runner = startBeforeAll(makeRunner);

  test.each([
    ['{"x": 9007199254740993, "y": 9223372036854775807}', '["int",9007199254740993,9223372036854775807]'],
    ['{"x": 2.0}', '["float",2.0,1]'],
  ])('returns a float %s as it was written', async (inputs, output) => {
    expect(await runner().runText?.(inputs)).toBe(`{"status":"success","output":${output}}`);
  });

  test.each([
    [0, 'output.scores[1].value is NaN, which JSON cannot hold'],
    [1.5, 'output[0].value is -Infinity, which JSON cannot hold'],
  ])('writes no null for a value that JSON cannot hold (%s)', async (x, message) => {
    expect(await runner().run({ x })).toMatchObject({ error: { code: 'CALL_OUTPUT', message } });
  });
});

test('a graph’s generator ends at a value that JSON cannot hold', async () => {
  const generator = { 'app.py': 'def predict(n: int):\n    yield n\n    yield {"x": float("inf")}\n    yield n\n' };
  const runner = new LangGraphRunner(await createGraphPlan(temporaryDirectory('berth-graph-'), generator));
  registerCleanup(() => runner.undo());
  await runner.start({ env: {} });
  expect(await readStream(runner.stream({ n: 1 }))).toMatchObject({
    chunks: [1],
    answer: { error: { code: 'CALL_OUTPUT', message: 'output[1].x is Infinity, which JSON cannot hold' } },
  });
}, 120_000);

test('a graph’s code gets declared defaults, and declared limits are enforced', async () => {
  const declared = {
    'app.py':
      'from pydantic import Field\n\ndef predict(text: str, times: int = Field(default=2, ge=1)):\n    return text * times\n',
  };
  const runner = new LangGraphRunner(await createGraphPlan(temporaryDirectory('berth-graph-'), declared));
  registerCleanup(() => runner.undo());
  await runner.start({ env: {} });
  expect(await runner.run({ text: 'ab' })).toEqual({ status: 'success', output: 'abab' });
  expect(await runner.run({ text: 'ab', times: 0 })).toMatchObject({
    error: { code: 'CALL_INPUT', message: expect.stringContaining('times: ') },
  });
}, 120_000);

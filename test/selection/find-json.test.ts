import { expect, test } from '@jest/globals';
import { findJson } from '../../src/selection/find-json.js';
import { measureLoopDelay } from '../support/loop-delay.js';

test.each([
  ['alone', ' {"a": 1}\n'],
  ['after thinking', '<think>maybe {"a": 2}</think>{"a": 1}'],
  ['in a fence', 'So:\n```json\n{"a": 1}\n```\nas asked'],
  ['in the last fence', '```\n{"a": 2}\n```\n```json\n{"a": 1}\n```'],
  ['among prose', 'I take {local}: {"a": 1}. "Well" {then}'],
  ['after another', '{"a": 2} or rather {"a": 1}'],
])('finds the object: %s', (_, text) => {
  expect(findJson(text)).toEqual({ a: 1 });
});

test('braces and quotes in its strings do not end the object', () => {
  const object = { a: 'it is "}" \\', b: { c: ['{', '\\"'] } };
  expect(findJson(`It is ${JSON.stringify(object)}, no more.`)).toEqual(object);
});

test.each(['none', '[1]', '{', '}', '{"a": 1', 'x { y } z'])('finds none in %s', (text) => {
  expect(findJson(text)).toBeUndefined();
});

test.each(['<think>', '{', '}', '{"a":', '{}x', '"', '\\"}', '```\n', '``` ', '{"}', '{x}', '```\n{x}'])(
  'a megabyte of %j is looked through while the event loop is free',
  async (piece) => {
    const long = piece.repeat(1_000_000 / piece.length);
    for (const text of [long, `${long}}`]) {
      const { delay } = await measureLoopDelay(async () => findJson(text));
      expect(delay).toBeLessThan(100);
    }
  },
);

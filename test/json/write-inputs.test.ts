import { expect, test } from '@jest/globals';
import { InvalidInputsError } from '../../src/json/invalid-inputs-error.js';
import { writeInputs } from '../../src/json/write-inputs.js';

class Point {
  constructor(
    readonly x: number,
    readonly y?: number,
  ) {}
}
class Sealed {
  readonly #value = 1;
  get value(): number {
    return this.#value;
  }
}
class Celsius extends Sealed {
  toJSON(): unknown {
    return { degrees: 21n };
  }
}

const shared = { a: 1 };

const meanings: [string, unknown, string][] = [
  ['plain values', { a: [1, -2.5, 'é\ud800', true, null, {}], b: undefined }, '{"a":[1,-2.5,"é\\ud800",true,null,{}]}'],
  ['nothing', undefined, 'null'],
  ['a bigint', { x: 9007199254740993n }, '{"x":9007199254740993}'],
  ['the sign of zero', [-0, 0], '[-0.0,0]'],
  ['a Date', { when: new Date(0) }, '{"when":"1970-01-01T00:00:00.000Z"}'],
  ['a URL', [new URL('https://example.org/a')], '["https://example.org/a"]'],
  ['a Set', { tags: new Set(['a', 1n]) }, '{"tags":["a",1]}'],
  ['a Map', new Map<string, unknown>([['__proto__', new Map([['b', 1]])]]), '{"__proto__":{"b":1}}'],
  ['bytes', { a: new Uint8Array([104, 105]) }, '{"a":"data:application/octet-stream;base64,aGk="}'],
  ['a Buffer', Buffer.from('hi'), '"data:application/octet-stream;base64,aGk="'],
  ['a part of a buffer', new Uint8Array([1, 104, 105]).subarray(1), '"data:application/octet-stream;base64,aGk="'],
  ['an ArrayBuffer', [new Uint8Array([104, 105]).buffer], '["data:application/octet-stream;base64,aGk="]'],
  [
    'a list of numbers',
    { v: new Float32Array([0.5, -2]), w: new BigInt64Array([2n ** 62n]) },
    '{"v":[0.5,-2],"w":[4611686018427387904]}',
  ],
  ['an instance', { p: new Point(1), q: new Point(1, 2n as never) }, '{"p":{"x":1},"q":{"x":1,"y":2}}'],
  ['what says itself how it is written', [new Celsius()], '[{"degrees":21}]'],
  ['boxed values', [Object(1), Object('a'), Object(2n)], '[1,"a",2]'],
  ['an object twice', [shared, shared, 1n], '[{"a":1},{"a":1},1]'],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
];

test.each(meanings)('%s has one meaning in JSON', async (_, inputs, text) => {
  expect(await writeInputs(inputs)).toBe(text);
});

test('a Blob becomes a data URI', async () => {
  const inputs = {
    a: new Blob(['hi'], { type: 'text/plain;charset=utf-8' }),
    b: [new File(['<p>'], 'a.html', { type: 'text/html' })],
  };
  expect(await writeInputs(inputs)).toBe(
    '{"a":"data:text/plain;charset=utf-8;base64,aGk=","b":["data:text/html;base64,PHA+"]}',
  );
});

const cyclic: Record<string, unknown> = { list: [] };
(cyclic.list as unknown[]).push({ back: cyclic });
let deep: unknown = [];
for (let level = 0; level < 100_000; level += 1) deep = [deep];
// biome-ignore lint/suspicious/noSparseArray: the subject of the test
const sparse = [1, , 3];

const refusals: [string, unknown, string][] = [
  ['NaN', { a: [1, 2, 3, Number.NaN] }, 'inputs.a[3] is NaN, which JSON cannot hold'],
  ['Infinity', { 'a b': { c: Number.POSITIVE_INFINITY } }, 'inputs["a b"].c is Infinity, which JSON cannot hold'],
  ['NaN alone', Number.NaN, 'inputs is NaN, which JSON cannot hold'],
  ['NaN among numbers', { v: new Float64Array([0, Number.NaN]) }, 'inputs.v[1] is NaN, which JSON cannot hold'],
  ['undefined in a list', { a: [undefined] }, 'inputs.a[0] is undefined, which JSON cannot hold'],
  ['a gap', { a: sparse }, 'inputs.a[1] is undefined, which JSON cannot hold'],
  ['a function', { f: () => 1 }, 'inputs.f is a function, which JSON cannot hold'],
  ['a symbol', [Symbol('x')], 'inputs[0] is a symbol, which JSON cannot hold'],
  ['a cycle', cyclic, 'inputs.list[0].back contains itself, which JSON cannot hold'],
  ['extreme nesting', deep, 'inputs is nested too deeply'],
  [
    'a Map with keys that are no text',
    { m: new Map([[1, 'a']]) },
    'inputs.m is a Map with the key 1, which is not a string, which',
  ],
  ['an invalid Date', { d: new Date(Number.NaN) }, 'inputs.d is an invalid Date, which JSON cannot hold'],
  ['an expression', { e: /a/ }, 'inputs.e is a RegExp, which JSON cannot hold'],
  ['an error', { e: new TypeError('x') }, 'inputs.e is a TypeError, which JSON cannot hold'],
  ['a promise', { p: Promise.resolve(1) }, 'inputs.p is a Promise, which JSON cannot hold'],
  ['an object with hidden fields', { s: new Sealed() }, 'inputs.s is a Sealed, which JSON cannot hold'],
  ['an iterator', { g: [1].values() }, 'which JSON cannot hold'],
  ['parameters of a URL', { q: new URLSearchParams('a=1') }, 'inputs.q is a URLSearchParams, which JSON cannot hold'],
  ['weak collections', { w: new WeakMap() }, 'inputs.w is a WeakMap, which JSON cannot hold'],
];

test.each(refusals)('%s is refused with its path', async (_, inputs, message) => {
  const write = async () => await writeInputs(inputs);
  await expect(write()).rejects.toThrow(InvalidInputsError);
  await expect(write()).rejects.toThrow(message);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { mapInOrder } from '../../src/commands/map-in-order.js';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

test('results come in the order of the items, whichever finishes first', async () => {
  const call = async (item: number) => {
    await sleep(item);
    return item;
  };
  expect(await collect(mapInOrder([30, 1, 20, 2], 4, call))).toEqual([30, 1, 20, 2]);
});

test('at most `concurrency` calls run at a time', async () => {
  let [running, most] = [0, 0];
  const call = async () => {
    most = Math.max(most, ++running);
    await sleep(5);
    running--;
  };
  await collect(mapInOrder(Array.from({ length: 20 }), 4, call));
  expect(most).toBe(4);
});

test('a slow call does not block others', async () => {
  const ended: number[] = [];
  const call = async (item: number) => {
    await sleep(item === 0 ? 300 : 20);
    ended.push(item);
  };
  await collect(
    mapInOrder(
      Array.from({ length: 21 }, (_, index) => index),
      2,
      call,
    ),
  );
  expect(ended.indexOf(0)).toBeGreaterThan(3);
});

test('an endless source is read only as far as its results are', async () => {
  let read = 0;
  function* endless() {
    for (;;) yield read++;
  }
  const results = mapInOrder(endless(), 2, async (item) => item);
  for (let index = 0; index < 100; index++) expect((await results.next()).value).toBe(index);
  await results.return(undefined);
  expect(read).toBeLessThan(140);
});

test('a call that throws ends the batch with its error', async () => {
  const call = async (item: number) => {
    if (item === 2) throw new Error('lost');
    return item;
  };
  await expect(collect(mapInOrder([1, 2, 3], 1, call))).rejects.toThrow('lost');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { waitWhileAnswering } from '../../src/client/wait-while-answering.js';

test('a slow operation is awaited while the check succeeds', async () => {
  let looks = 0;
  const look = async () => {
    looks += 1;
  };
  expect(await waitWhileAnswering(sleep(200, 'done'), look, 20)).toBe('done');
  expect(looks).toBeGreaterThan(2);
  const after = looks;
  await sleep(60);
  expect(looks).toBe(after);
});

test('a failed check ends the wait with its error', async () => {
  const look = async () => {
    throw new Error('nobody is there');
  };
  await expect(waitWhileAnswering(new Promise(() => {}), look, 20)).rejects.toThrow('nobody is there');
});

test('a failed operation rejects with its own error', async () => {
  await expect(waitWhileAnswering(Promise.reject(new Error('refused')), async () => {}, 20)).rejects.toThrow('refused');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { waitWhileAnswering } from '../../src/client/wait-while-answering.js';

test('what takes its time is waited for as long as somebody works on it', async () => {
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

test('where nobody answers the waiting ends with that', async () => {
  const look = async () => {
    throw new Error('nobody is there');
  };
  await expect(waitWhileAnswering(new Promise(() => {}), look, 20)).rejects.toThrow('nobody is there');
});

test('what fails, fails with its own error', async () => {
  await expect(waitWhileAnswering(Promise.reject(new Error('refused')), async () => {}, 20)).rejects.toThrow('refused');
});

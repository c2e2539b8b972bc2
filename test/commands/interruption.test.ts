import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { waitInterruptibly } from '../../src/commands/interruption.js';

test('waiting many times leaves no listeners on the signal', async () => {
  const { signal } = new AbortController();
  for (let wait = 0; wait < 12; wait++) expect(await waitInterruptibly(Promise.resolve(wait), signal, 'x')).toBe(wait);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an interruption ends only the wait and names the command to follow', async () => {
  const controller = new AbortController();
  const waiting = waitInterruptibly(new Promise(() => {}), controller.signal, 'x');
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED', next: expect.stringContaining('berth status x') });
});

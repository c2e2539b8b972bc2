import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { EventWatch } from '../../src/factory/event-watch.js';
import { atTheEnd } from '../support/temporary.js';

let client: Client;
let count = 0;

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env.BERTH_TEST_TEMPORAL ?? '' });
  atTheEnd(() => connection.close());
  client = new Client({ connection });
});

/** A workflow that no worker ever takes: nothing happens to it but what is done here. */
async function begin() {
  count += 1;
  const options = { taskQueue: 'nobody', workflowId: `watched-${process.pid}-${count}` };
  const handle = await client.workflow.start('untaken', options);
  atTheEnd(async () => void (await handle.terminate().catch(() => undefined)));
  const watch = new EventWatch(
    options.workflowId,
    () => client,
    async () => {},
  );
  await watch.next();
  return { handle, watch, again: () => client.workflow.start('untaken', options) };
}

const isOver = async (waiting: Promise<void>, patience: number) =>
  await Promise.race([waiting.then(() => true), sleep(patience, false)]);

test('the next event is told when it comes, and not before', async () => {
  const { handle, watch } = await begin();
  const waiting = watch.next();
  expect(await isOver(waiting, 1_000)).toBe(false);
  await handle.signal('anything');
  await waiting;
  await handle.signal('anything');
  await watch.next(); // what came between two waits is told at once
});

test('after a run that has ended, the next one is watched', async () => {
  const { handle, watch, again } = await begin();
  await handle.terminate();
  await watch.next();
  const next = await again();
  await watch.next();
  const waiting = watch.next();
  expect(await isOver(waiting, 1_000)).toBe(false);
  await next.signal('anything');
  await waiting;
});

test('a wait is given up at once, and leaves nothing at the signal', async () => {
  const { handle, watch } = await begin();
  const given = new AbortController();
  await handle.signal('anything');
  await watch.next(given.signal);
  expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  const waiting = watch.next(given.signal);
  setTimeout(() => given.abort(), 100);
  await expect(waiting).rejects.toThrow('aborted');
});

test('a silence is told, and is no failure', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: 100 });
  let silences = 0;
  const revive = async () => {
    silences += 1;
    throw new Error('it does not come back');
  };
  const watch = new EventWatch('any', () => new Client({ connection }), revive);
  const began = Date.now();
  await watch.next();
  expect(silences).toBe(1);
  expect(Date.now() - began).toBeLessThan(10_000);
  await watch.next(AbortSignal.abort()).catch(() => undefined);
  expect(silences).toBe(1);
});

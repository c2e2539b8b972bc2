/** @needs temporal */
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { WorkflowEventWatch } from '../../src/temporal/workflow-event-watch.js';
import { registerCleanup } from '../support/temporary-directories.js';

let client: Client;
let count = 0;

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env.BERTH_TEST_TEMPORAL ?? '' });
  registerCleanup(() => connection.close());
  client = new Client({ connection });
});

/** Starts a workflow without a worker, so that a test decides when an event is processed. */
async function begin() {
  count += 1;
  const taskQueue = `watched-${process.pid}-${count}`;
  const options = { taskQueue, workflowId: taskQueue };
  const start = async () => await client.workflow.start('untaken', options);
  const handle = await start();
  registerCleanup(async () => void (await handle.terminate().catch(() => undefined)));
  const watch = new WorkflowEventWatch(
    options.workflowId,
    () => client,
    async () => {},
  );
  await completeTask(taskQueue);
  await watch.waitForNext();
  return { handle, watch, start, completeTask: () => completeTask(taskQueue) };
}

/** Completes a workflow task without commands. */
async function completeTask(name: string): Promise<void> {
  const { workflowService, options } = client;
  const namespace = options.namespace;
  const { taskToken } = await client.withDeadline(Date.now() + 10_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name } }),
  );
  await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken });
}

const isOver = async (waiting: Promise<void>, timeout: number) =>
  await Promise.race([waiting.then(() => true), sleep(timeout, false)]);

test('a watch resolves when the workflow has processed an event, not earlier', async () => {
  const { handle, watch, completeTask } = await begin();
  const waiting = watch.waitForNext();
  expect(await isOver(waiting, 500)).toBe(false);
  await handle.signal('anything');
  expect(await isOver(waiting, 500)).toBe(false);
  await completeTask();
  await waiting;
  await handle.signal('anything');
  await completeTask();
  await watch.waitForNext(); // an event between two waits resolves immediately
});

test('a watch continues with the next run', async () => {
  const { handle, watch, start, completeTask } = await begin();
  await handle.terminate();
  await watch.waitForNext();
  await start();
  const waiting = watch.waitForNext();
  expect(await isOver(waiting, 1_000)).toBe(false);
  await completeTask();
  await waiting;
});

test('an abort ends a wait immediately and leaves no listener on the signal', async () => {
  const { handle, watch, completeTask } = await begin();
  const given = new AbortController();
  await handle.signal('anything');
  await completeTask();
  await watch.waitForNext(given.signal);
  expect(getEventListeners(given.signal, 'abort')).toEqual([]);
  const waiting = watch.waitForNext(given.signal);
  setTimeout(() => given.abort(), 100);
  await expect(waiting).rejects.toThrow('aborted');
});

test('silence calls onSilence and is not a failure', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: 100 });
  let silences = 0;
  const revive = async () => {
    silences += 1;
    throw new Error('it does not come back');
  };
  const watch = new WorkflowEventWatch('any', () => new Client({ connection }), revive);
  const began = Date.now();
  await watch.waitForNext();
  expect(silences).toBe(1);
  expect(Date.now() - began).toBeLessThan(10_000);
  await watch.waitForNext(AbortSignal.abort()).catch(() => undefined);
  expect(silences).toBe(1);
});

/** @needs temporal */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { translateFailure } from '../../src/temporal/translate-failure.js';
import { staleQueryMessage } from '../../src/workflows/messages.js';
import { bundleWorkflows } from '../support/bundle-workflows.js';
import { racingWriters, writeSignal, writtenQuery } from '../support/racing-writers-workflow.js';
import { registerCleanup } from '../support/temporary-directories.js';

let workflowBundle: WorkflowBundle;
let worker: NativeConnection;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = process.env.BERTH_TEST_TEMPORAL ?? '';
  connection = await Connection.connect({ address });
  worker = await NativeConnection.connect({ address });
  registerCleanup(async () => {
    await connection.close();
    await worker.close();
  });
  client = new Client({ connection });
  workflowBundle = await bundleWorkflows({ path: 'test/support/racing-writers-workflow.ts' });
});

/** Takes the task that waits, as a worker does that is then killed; what it is given before that is lost with it. */
async function beginTask(name: string): Promise<void> {
  const poll = { namespace: 'default', taskQueue: { name }, identity: 'killed' };
  const take = () => connection.workflowService.pollWorkflowTaskQueue(poll);
  for (let isTaken = false; !isTaken; ) {
    const { taskToken, query } = await connection.withDeadline(Date.now() + 10_000, take);
    isTaken = taskToken.length > 0 && query === null;
  }
}

/** A worker with one slot for tasks that bring a whole history: the next one waits until the first is done. */
async function atWork(taskQueue: string, work: () => Promise<unknown>, onBegun = () => {}): Promise<void> {
  const watch = { begun: { fn: onBegun, callDuringReplay: true } };
  const slots = { maxConcurrentWorkflowTaskExecutions: 2, maxConcurrentWorkflowTaskPolls: 2 };
  const made = await Worker.create({ connection: worker, taskQueue, workflowBundle, sinks: { watch }, ...slots });
  await made.runUntil(work);
}

/** Of a task that a killed worker had begun, the next one may be refused itself, once, and is given out again. */
async function expectReplay(handle: WorkflowHandle, mayBeRefused = false): Promise<void> {
  const history = await handle.fetchHistory();
  const failures = history.events?.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [failed.failure?.message] : [],
  );
  expect(mayBeRefused ? [[], [staleQueryMessage]] : [[]]).toContainEqual(failures);
  await Worker.runReplayHistory({ workflowBundle, sinks: { watch: { begun: { fn() {} } } } }, history);
}

// Which of the two waits is given to the worker first, the query or the task, is up to the server: it is tried more than once.
test.each([1, 2, 3])(
  'what a query met while a worker came back replays, try %d',
  async (time) => {
    const taskQueue = `two-writers-${process.pid}-${time}`;
    const handle = await client.workflow.start(racingWriters, { taskQueue, workflowId: taskQueue });
    await atWork(taskQueue, () => handle.query(writtenQuery));
    const answer = handle.query(writtenQuery).catch((error: unknown) => translateFailure(error, 'two').code);
    await sleep(500);
    await handle.signal(writeSignal, 'far');
    const tellNear = () => void handle.signal(writeSignal, 'near').catch(() => undefined);
    await atWork(taskQueue, () => handle.result(), tellNear);
    expect(['WORKER_UNREACHABLE', [], ['far'], ['far', 'near']]).toContainEqual(await answer);
    await expectReplay(handle);
  },
  60_000,
);

test.each([1, 2])(
  'what a query met in a task that a killed worker had begun replays, try %d',
  async (time) => {
    const taskQueue = `two-writers-${process.pid}-killed-${time}`;
    const options = { taskQueue, workflowId: taskQueue, workflowTaskTimeout: 3_000 };
    const handle = await client.workflow.start(racingWriters, options);
    const ask = () => connection.withDeadline(Date.now() + 5_000, () => handle.query(writtenQuery));
    await atWork(taskQueue, ask);
    const answers = Promise.allSettled(Array.from({ length: 12 }, ask)); // so that some are left when the task is taken
    await sleep(500);
    await handle.signal(writeSignal, 'far');
    await beginTask(taskQueue);
    const tellNear = () => void handle.signal(writeSignal, 'near').catch(() => undefined);
    await atWork(taskQueue, () => handle.result(), tellNear);
    await answers;
    await expectReplay(handle, true);
  },
  60_000,
);

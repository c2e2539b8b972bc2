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

/** Takes the waiting task like a worker that is then killed. Queries that it receives first are lost. */
async function beginTask(name: string): Promise<void> {
  const poll = { namespace: 'default', taskQueue: { name }, identity: 'killed' };
  const take = () => connection.workflowService.pollWorkflowTaskQueue(poll);
  for (let isTaken = false; !isTaken; ) {
    const { taskToken, query } = await connection.withDeadline(Date.now() + 10_000, take);
    isTaken = taskToken.length > 0 && query === null;
  }
}

/** Runs a worker with one slot for tasks with a complete history, so the next such task waits for the first. */
async function atWork(taskQueue: string, work: () => Promise<unknown>, onBegun = () => {}): Promise<void> {
  const watch = { begun: { fn: onBegun, callDuringReplay: true } };
  const slots = { maxConcurrentWorkflowTaskExecutions: 2, maxConcurrentWorkflowTaskPolls: 2 };
  const created = await Worker.create({ connection: worker, taskQueue, workflowBundle, sinks: { watch }, ...slots });
  await created.runUntil(work);
}

/** Expects the history to replay. The task after one of a killed worker may be refused once; the server repeats it. */
async function expectReplay(handle: WorkflowHandle, mayBeRefused = false): Promise<void> {
  const history = await handle.fetchHistory();
  const failures = history.events?.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [failed.failure?.message] : [],
  );
  expect(mayBeRefused ? [[], [staleQueryMessage]] : [[]]).toContainEqual(failures);
  await Worker.runReplayHistory({ workflowBundle, sinks: { watch: { begun: { fn() {} } } } }, history);
}

// The server decides whether the worker gets the query or the task first, hence several attempts.
test.each([1, 2, 3])(
  'a history with a query during the return of a worker replays, attempt %d',
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
  'a history with a query after a task of a killed worker replays, attempt %d',
  async (time) => {
    const taskQueue = `two-writers-${process.pid}-killed-${time}`;
    const options = { taskQueue, workflowId: taskQueue, workflowTaskTimeout: 3_000 };
    const handle = await client.workflow.start(racingWriters, options);
    const ask = () => connection.withDeadline(Date.now() + 5_000, () => handle.query(writtenQuery));
    await atWork(taskQueue, ask);
    const answers = Promise.allSettled(Array.from({ length: 12 }, ask)); // some must remain when the task is taken
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

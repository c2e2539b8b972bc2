/** @needs temporal */
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, ServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { ensureStack, reassignLostActivities } from '../../src/stack/index.js';
import { workflowType } from '../../src/workflows/messages.js';
import { registerCleanup } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();
const host = 'this-one';
/** Identity of a dead process. Another process has its pid now. */
const killed = `${process.pid}@${host} long ago`;
const namespace = 'default';
let client: Client;

beforeAll(async () => {
  const { connectionOptions } = await ensureStack({ needsWorker: false });
  const connection = await Connection.connect(connectionOptions);
  registerCleanup(() => connection.close());
  client = new Client({ connection });
});

const callWithDeadline = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + 20_000, ask);

/** Starts a deployment, and kills its worker during its only activity. */
async function startActivity(name: string): Promise<void> {
  const taskQueue = { name };
  await client.workflow.start(workflowType, { taskQueue: name, workflowId: name });
  const { workflowService } = client;
  const { taskToken } = await callWithDeadline(() => workflowService.pollWorkflowTaskQueue({ namespace, taskQueue }));
  const step = {
    activityId: '1',
    activityType: { name: 'supervise' },
    taskQueue,
    startToCloseTimeout: msToTs('10 minutes'),
    retryPolicy: { initialInterval: msToTs('1 ms') },
  };
  const commands = [{ commandType: 1, scheduleActivityTaskCommandAttributes: step }];
  await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands });
  await callWithDeadline(() => workflowService.pollActivityTaskQueue({ namespace, taskQueue, identity: killed }));
  while (!(await listRunning()).includes(name)) await sleep(50);
}

async function listRunning(): Promise<string[]> {
  const names: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
    names.push(workflowId);
  return names;
}

/** Polls the next attempt of a deployment's activity. */
async function pollNextAttempt(name: string): Promise<number> {
  const request = { namespace, taskQueue: { name } };
  return (await callWithDeadline(() => client.workflowService.pollActivityTaskQueue(request))).attempt;
}

/** Creates a client that fails to describe matching deployments the first `times` times. */
function createFailingClient(names: RegExp, times: number): Client {
  let left = times;
  const workflowService = Object.create(client.workflowService, {
    describeWorkflowExecution: {
      value: async (request: { execution: { workflowId: string } }) => {
        if (names.test(request.execution.workflowId) && left-- > 0) throw new ServiceError('context deadline exceeded');
        return await client.workflowService.describeWorkflowExecution(request);
      },
    },
  });
  return Object.create(client, { workflowService: { value: workflowService } });
}

test('an activity of a killed worker is reassigned immediately, even if the server answers late', async () => {
  await startActivity('late');
  await reassignLostActivities(createFailingClient(/late/, 2), host);
  expect(await pollNextAttempt('late')).toBe(2);
});

test('workflows that the server cannot describe do not prevent the reassignment of others', async () => {
  await startActivity('described'); // the newest are listed first
  await Promise.all(Array.from({ length: 20 }, (_, index) => startActivity(`hidden-${index}`)));
  await expect(reassignLostActivities(createFailingClient(/hidden/, Infinity), host)).rejects.toThrow(
    'context deadline exceeded',
  );
  expect(await pollNextAttempt('described')).toBe(2);
});

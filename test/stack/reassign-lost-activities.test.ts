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
/** This process, as it would be if it had ended and its id were another's now. */
const killed = `${process.pid}@${host} long ago`;
const namespace = 'default';
let client: Client;

beforeAll(async () => {
  const { connectionOptions } = await ensureStack({ needsWorker: false });
  const connection = await Connection.connect(connectionOptions);
  registerCleanup(() => connection.close());
  client = new Client({ connection });
});

const soon = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + 20_000, ask);

/** A deployment of whose only step a worker was killed. */
async function begin(name: string): Promise<void> {
  const taskQueue = { name };
  await client.workflow.start(workflowType, { taskQueue: name, workflowId: name });
  const { workflowService } = client;
  const { taskToken } = await soon(() => workflowService.pollWorkflowTaskQueue({ namespace, taskQueue }));
  const step = {
    ...{ activityId: '1', activityType: { name: 'supervise' }, taskQueue },
    startToCloseTimeout: msToTs('10 minutes'),
    retryPolicy: { initialInterval: msToTs('1 ms') },
  };
  const commands = [{ commandType: 1, scheduleActivityTaskCommandAttributes: step }];
  await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands });
  await soon(() => workflowService.pollActivityTaskQueue({ namespace, taskQueue, identity: killed }));
  while (!(await listRunning()).includes(name)) await sleep(50);
}

async function listRunning(): Promise<string[]> {
  const names: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
    names.push(workflowId);
  return names;
}

/** Which try of its step a deployment's next worker is given. */
async function nextTry(name: string): Promise<number> {
  const asked = { namespace, taskQueue: { name } };
  return (await soon(() => client.workflowService.pollActivityTaskQueue(asked))).attempt;
}

/** A server that does not tell of such deployments for so many times. */
function reticent(names: RegExp, times: number): Client {
  let left = times;
  const workflowService = Object.create(client.workflowService, {
    describeWorkflowExecution: {
      value: async (asked: { execution: { workflowId: string } }) => {
        if (names.test(asked.execution.workflowId) && left-- > 0) throw new ServiceError('context deadline exceeded');
        return await client.workflowService.describeWorkflowExecution(asked);
      },
    },
  });
  return Object.create(client, { workflowService: { value: workflowService } });
}

test('a step whose worker was killed is given out at once, also when the server tells of it late', async () => {
  await begin('late');
  await reassignLostActivities(reticent(/late/, 2), host);
  expect(await nextTry('late')).toBe(2);
});

test('those that the server does not tell of keep no other from being given out, however many they are', async () => {
  await begin('told'); // the newest are listed first
  await Promise.all(Array.from({ length: 20 }, (_, index) => begin(`untold-${index}`)));
  await expect(reassignLostActivities(reticent(/untold/, Infinity), host)).rejects.toThrow('context deadline exceeded');
  expect(await nextTry('told')).toBe(2);
});

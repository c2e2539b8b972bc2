import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openSoftware } from '../../src/calls/open-software.js';
import { DeploymentClient } from '../../src/client/deployment-client.js';
import type { DeploymentInfo, DeploymentState, Redeployment } from '../../src/contract/index.js';
import { type DeployOptions, prepareConfig } from '../../src/factory/prepare-config.js';
import { berthHome } from '../../src/home/home.js';
import { ensureStack } from '../../src/stack/index.js';
import { packState } from '../../src/workflows/continue-as-new.js';
import { sharedQueue, workflowId, workflowType } from '../../src/workflows/messages.js';
import { createWorkflowState } from '../../src/workflows/state/create-state.js';
import { searchAttributes } from '../../src/workflows/status/search-attributes.js';
import { registerCleanup } from './temporary-directories.js';

let shared: Promise<DeploymentClient> | undefined;

/** Connects the test file to the stack of its home. */
export function connectOnce(): Promise<DeploymentClient> {
  if (shared === undefined) registerCleanup(async () => await (await shared?.catch(() => undefined))?.close());
  shared ??= DeploymentClient.connect();
  return shared;
}

/** Starts a deployment without waiting for it. */
export async function startDeployment(options: DeployOptions): Promise<string> {
  const config = await prepareConfig(berthHome(), options);
  await (await connectOnce()).deploy(config);
  return config.name;
}

/** Starts a deployment that continues as new after a number of history events. */
export async function startWithHistoryLimit(options: DeployOptions, historyLimit: number): Promise<void> {
  const config = await prepareConfig(berthHome(), options);
  const { connectionOptions } = await ensureStack({ needsWorker: true });
  const connection = await Connection.connect(connectionOptions);
  await new Client({ connection }).workflow.start(workflowType, {
    workflowId: workflowId(config.name),
    taskQueue: sharedQueue,
    args: packState({ ...createWorkflowState(config), historyLimit }),
    memo: { createdAt: new Date().toISOString() },
    typedSearchAttributes: [{ key: searchAttributes.name, value: config.name }],
    staticSummary: `${config.name}: bounded`,
  });
  await connection.close();
}

/** Deploys and waits until the deployment is settled. */
export async function deploy(options: DeployOptions): Promise<DeploymentInfo> {
  const name = await startDeployment(options);
  return await (await connectOnce()).follow(name, () => {});
}

/** Redeploys and waits until the change ends or waits. */
export async function redeploy(name: string, redeployment: Partial<Redeployment> = {}): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const { id } = await client.redeploy(name, { changes: {}, isForced: false, ...redeployment });
  return await client.followChange(name, id, () => {});
}

/** Rolls back and waits until the change ends. */
export async function rollBack(name: string, target: string | null = null): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const { id } = await client.rollBack(name, target);
  return await client.followChange(name, id, () => {});
}

/** Calls a deployment once. */
export async function callDeployment(name: string, inputs: unknown): Promise<unknown> {
  const software = await openSoftware(name, berthHome());
  const answer = await software.run(inputs);
  await software.close();
  return answer;
}

/** Waits until the deployment reaches one of the states. */
export async function waitForState(name: string, ...states: DeploymentState[]): Promise<DeploymentInfo> {
  return await waitForInfo(name, ({ state }) => states.includes(state));
}

/** Waits until the condition holds for the deployment. */
export async function waitForInfo(name: string, isDone: (info: DeploymentInfo) => boolean): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const deadline = Date.now() + 90_000;
  // Each query costs the server and the worker time.
  for (let pause = 10; ; pause = Math.min(pause * 1.2, 200)) {
    const info = await client.info(name);
    if (isDone(info)) return info;
    if (Date.now() > deadline)
      throw new Error(`${name} did not come to be as awaited: ${JSON.stringify(info, null, 2)}`);
    await sleep(pause);
  }
}

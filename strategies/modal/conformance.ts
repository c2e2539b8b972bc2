import type { ConformanceHooks } from '../../src/conformance/index.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { appName } from './cloud/app-name.js';
import { openClient } from './cloud/modal-client.js';
import { hasSecret, listApps, stopApp } from './cloud/modal-resources.js';

/**
 * Hooks for software in Modal's cloud: an app and a secret. A call that no running container can take waits for a new
 * one.
 */
export const conformance: ConformanceHooks = {
  deviations: {
    startsOnDemand: true,
    spreadsCalls: true,
    queueDelay: 30_000,
    applies: ['cpu', 'memory', 'concurrency', 'replicas'],
  },
  async kill({ plan }) {
    const client = await openClient(null);
    for (const { id } of await findOwnApps(plan)) await stopApp(client, id);
  },
  async listRemaining(plan) {
    const apps = (await findOwnApps(plan)).map(({ id }) => `app ${id}`);
    const isKept = await hasSecret(await openClient(null), appName(plan));
    return isKept ? [...apps, `secret ${appName(plan)}`] : apps;
  },
};

const findOwnApps = async (plan: RunPlan) =>
  (await listApps(await openClient(null))).filter(({ name }) => name === appName(plan));

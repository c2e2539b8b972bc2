import type { ProviderHooks } from '../../../src/conformance/index.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import type { BentoHandle } from '../serving-backend.js';
import { findAddress, openAccount } from './account.js';
import { BentoCloudClient } from './bento-cloud-client.js';
import { terminateDeployment } from './remove-deployment.js';

/**
 * Hooks for software in BentoCloud: a deployment, a secret and a bento. BentoCloud replaces a process that ends in a
 * deployment.
 */
export const cloudConformance: ProviderHooks = {
  deviations: {
    replacesProcesses: true,
    hidesExits: true,
    logsCalls: true,
    servesRemotely: true,
    ownsMainThread: true,
    startsAbandoned: true,
    applies: ['cpu', 'memory', 'concurrency', 'replicas'],
  },
  /** Terminates the deployment, as its web console does. */
  async kill(handle) {
    const { cloud } = handle as BentoHandle; // written by `start`
    if (cloud !== undefined) await terminateDeployment(openClient(), cloud.name);
  },
  async listRemaining(plan) {
    const cloud = openClient();
    const bentos = (await cloud.listBentos()).map(({ version }) => version);
    return [
      ...(await findDeployments(cloud, plan)),
      ...(await cloud.listSecrets()).filter(isOwnedBy(plan)).map((name) => `secret ${name}`),
      ...bentos.filter(isOwnedBy(plan)).map((version) => `bento ${version}`),
    ];
  },
  listRunning: async (plan) =>
    (await findDeployments(openClient(), plan)).filter((found) => !found.endsWith('terminated')),
};

const openClient = (): BentoCloudClient => new BentoCloudClient(openAccount(findAddress()));

/** Matches a revision's names in the cloud, which end in a random part. */
const isOwnedBy =
  ({ deployment, revision }: RunPlan) =>
  (name: string): boolean =>
    name.startsWith(`${deployment}-${revision}-`);

async function findDeployments(cloud: BentoCloudClient, plan: RunPlan): Promise<string[]> {
  const names = (await cloud.listDeployments()).filter(isOwnedBy(plan));
  return await Promise.all(names.map(async (name) => `deployment ${name} is ${(await cloud.find(name))?.status}`));
}

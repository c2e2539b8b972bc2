import type { ProviderHooks } from '../../../src/conformance/index.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import type { BentoHandle } from '../place.js';
import { findAddress, openAccount } from './account.js';
import { BentoCloud } from './bento-cloud.js';
import { terminate } from './end-deployment.js';

/** Its software is a deployment, a secret and a bento of the account; what ends in a deployment is replaced there. */
export const cloudConformance: ProviderHooks = {
  manner: {
    replacesProcesses: true,
    hidesExits: true,
    logsCalls: true,
    servesElsewhere: true,
    keepsMainThread: true,
    beginsAbandoned: true,
    applies: ['cpu', 'memory', 'concurrency', 'replicas'],
  },
  /** As somebody does on BentoCloud's own pages. */
  async kill(handle) {
    const { cloud } = handle as BentoHandle; // made by the runner's start
    if (cloud !== undefined) await terminate(openCloud(), cloud.name);
  },
  async listRemains(plan) {
    const cloud = openCloud();
    const bentos = (await cloud.listBentos()).map(({ version }) => version);
    return [
      ...(await findDeployments(cloud, plan)),
      ...(await cloud.listSecrets()).filter(isOf(plan)).map((name) => `secret ${name}`),
      ...bentos.filter(isOf(plan)).map((version) => `bento ${version}`),
    ];
  },
  listRunning: async (plan) =>
    (await findDeployments(openCloud(), plan)).filter((found) => !found.endsWith('terminated')),
};

const openCloud = (): BentoCloud => new BentoCloud(openAccount(findAddress()));

/** A revision's names in the cloud end in something drawn. */
const isOf =
  ({ deployment, revision }: RunPlan) =>
  (name: string): boolean =>
    name.startsWith(`${deployment}-${revision}-`);

async function findDeployments(cloud: BentoCloud, plan: RunPlan): Promise<string[]> {
  const names = (await cloud.listDeployments()).filter(isOf(plan));
  return await Promise.all(names.map(async (name) => `deployment ${name} is ${(await cloud.find(name))?.status}`));
}

import { BerthError } from '../../../src/errors.js';
import { waitUntilRemoved } from '../../../src/runners/cloud/wait-until-removed.js';
import type { BentoCloudClient, BentoTag } from './bento-cloud-client.js';

/** Seconds that the cloud may take to remove a bento. */
const bentoRemovalTimeout = 30;

const stoppedStatuses = new Set(['terminated', 'non-deployed']);

/**
 * Terminates a deployment. Resolves when the cloud reports that none of its pods run.
 *
 * @throws UNDO_INCOMPLETE when it still runs.
 */
export async function terminateDeployment(cloud: BentoCloudClient, name: string): Promise<void> {
  const found = await cloud.find(name);
  if (found === undefined || stoppedStatuses.has(found.status)) return;
  if (found.status !== 'terminating') await cloud.terminate(name);
  await waitUntilRemoved(
    `the deployment ${name} still runs in BentoCloud; terminate it: bentoml deployment terminate ${name}`,
    async () => {
      const { status } = (await cloud.find(name)) ?? {};
      return status === undefined || stoppedStatuses.has(status);
    },
  );
}

/**
 * Removes a deployment. Resolves when the cloud no longer has it.
 *
 * @throws UNDO_INCOMPLETE when the cloud still has it.
 */
export async function removeDeployment(cloud: BentoCloudClient, name: string): Promise<void> {
  await terminateDeployment(cloud, name);
  await cloud.remove(name);
  await waitUntilRemoved(
    `the deployment ${name} is still in BentoCloud; remove it: bentoml deployment delete ${name}`,
    async () => (await cloud.find(name)) === undefined,
  );
}

export async function removeSecret(cloud: BentoCloudClient, name: string): Promise<void> {
  await cloud.removeSecret(name);
  await waitUntilRemoved(`the secret ${name} is still in BentoCloud`, async () => !(await cloud.hasSecret(name)));
}

export async function removeBento(cloud: BentoCloudClient, bento: BentoTag): Promise<void> {
  await cloud.removeBento(bento);
  const name = `${bento.repository}:${bento.version}`;
  await waitUntilRemoved(
    `the bento ${name} is still in BentoCloud`,
    async () => !(await cloud.hasBento(bento)),
    bentoRemovalTimeout,
  );
}

/**
 * Removes a bento for an undo. A refusal of the cloud is no error: a bento runs nothing, and must not block the rest of
 * the undo.
 */
export async function tryRemoveBento(cloud: BentoCloudClient, bento: BentoTag): Promise<void> {
  try {
    await cloud.removeBento(bento);
  } catch (error) {
    if (BerthError.from(error).code !== 'START_FAILED') throw error;
  }
}

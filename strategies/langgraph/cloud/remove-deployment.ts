import type { CloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { waitUntilRemoved } from '../../../src/runners/cloud/wait-until-removed.js';
import type { LangSmithClient } from './lang-smith-client.js';

/**
 * Resolves when LangSmith has no deployment of the name.
 *
 * @throws UNDO_INCOMPLETE when LangSmith still has it.
 */
export async function removeDeployment(cloud: LangSmithClient, { name }: Pick<CloudRecord, 'name'>): Promise<void> {
  const found = await cloud.find(name);
  if (found !== undefined) await cloud.remove(found.id);
  await waitUntilRemoved(
    `the deployment ${name} is still in LangSmith; by hand: langgraph deploy delete ID --force`,
    async () => (await cloud.find(name)) === undefined,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../../src/errors.js';
import type { CloudRecord } from './cloud-record.js';
import type { LangSmithClient } from './lang-smith-client.js';

/** Seconds that LangSmith has to forget a deployment. */
const removalTimeout = 420;
const interval = 500;

/** Resolves when LangSmith has no deployment of the name. UNDO_INCOMPLETE while it has. */
export async function removeDeployment(cloud: LangSmithClient, { name }: Pick<CloudRecord, 'name'>): Promise<void> {
  const found = await cloud.find(name);
  if (found !== undefined) await cloud.remove(found.id);
  for (
    const deadline = Date.now() + removalTimeout * 1000;
    (await cloud.find(name)) !== undefined;
    await sleep(interval)
  )
    if (Date.now() > deadline)
      throw new BerthError(
        'UNDO_INCOMPLETE',
        `the deployment ${name} is still in LangSmith; by hand: langgraph deploy delete ID --force`,
      );
}

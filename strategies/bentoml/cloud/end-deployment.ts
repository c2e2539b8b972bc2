import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../../src/errors.js';
import type { BentoCloud } from './bento-cloud.js';
import type { CloudRecord } from './cloud-record.js';

/** Seconds that the cloud has to end a deployment, and to forget it. */
const endPatience = 420;
const interval = 500;

const down = new Set(['terminated', 'non-deployed']);

/** Resolves when the cloud says that nothing of it runs. UNDO_INCOMPLETE names what does. */
export async function terminate(cloud: BentoCloud, name: string): Promise<void> {
  const found = await cloud.find(name);
  if (found === undefined || down.has(found.status)) return;
  if (found.status !== 'terminating') await cloud.terminate(name);
  await until(`the deployment ${name} still runs in BentoCloud`, async () => {
    const { status } = (await cloud.find(name)) ?? {};
    return status === undefined || down.has(status);
  });
}

/** Resolves when deployment and secret are proven gone. */
export async function removeDeployment(cloud: BentoCloud, { name }: CloudRecord): Promise<void> {
  await terminate(cloud, name);
  await cloud.remove(name);
  await until(`the deployment ${name} is still in BentoCloud`, async () => (await cloud.find(name)) === undefined);
  await cloud.removeSecret(name);
  await until(`the secret ${name} is still in BentoCloud`, async () => !(await cloud.hasSecret(name)));
}

async function until(problem: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + endPatience * 1000; !(await isSo()); await sleep(interval))
    if (Date.now() > deadline) throw new BerthError('UNDO_INCOMPLETE', problem);
}

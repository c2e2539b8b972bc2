import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../../src/errors.js';
import type { BentoCloud, BentoTag } from './bento-cloud.js';

/** Seconds that the cloud has to end a deployment, and to forget it. */
const endPatience = 420;
const bentoPatience = 30;
const interval = 500;

const down = new Set(['terminated', 'non-deployed']);

/** Resolves when the cloud says that nothing of it runs. UNDO_INCOMPLETE names what does. */
export async function terminate(cloud: BentoCloud, name: string): Promise<void> {
  const found = await cloud.find(name);
  if (found === undefined || down.has(found.status)) return;
  if (found.status !== 'terminating') await cloud.terminate(name);
  await until(
    `the deployment ${name} still runs in BentoCloud; by hand: bentoml deployment terminate ${name}`,
    async () => {
      const { status } = (await cloud.find(name)) ?? {};
      return status === undefined || down.has(status);
    },
  );
}

/** Each resolves when what it removes is proven gone. */
export async function removeDeployment(cloud: BentoCloud, name: string): Promise<void> {
  await terminate(cloud, name);
  await cloud.remove(name);
  await until(
    `the deployment ${name} is still in BentoCloud; by hand: bentoml deployment delete ${name}`,
    async () => (await cloud.find(name)) === undefined,
  );
}

export async function removeSecret(cloud: BentoCloud, name: string): Promise<void> {
  await cloud.removeSecret(name);
  await until(`the secret ${name} is still in BentoCloud`, async () => !(await cloud.hasSecret(name)));
}

export async function removeBento(cloud: BentoCloud, bento: BentoTag): Promise<void> {
  await cloud.removeBento(bento);
  const name = `${bento.repository}:${bento.version}`;
  await until(`the bento ${name} is still in BentoCloud`, async () => !(await cloud.hasBento(bento)), bentoPatience);
}

/** For an undo: nothing runs of a bento, so a cloud that will not remove it keeps nothing else from being undone. */
export async function giveUpBento(cloud: BentoCloud, bento: BentoTag): Promise<void> {
  try {
    await cloud.removeBento(bento);
  } catch (error) {
    if (BerthError.from(error).code !== 'START_FAILED') throw error;
  }
}

async function until(problem: string, isSo: () => Promise<boolean>, patience = endPatience): Promise<void> {
  for (const deadline = Date.now() + patience * 1000; !(await isSo()); await sleep(interval))
    if (Date.now() > deadline) throw new BerthError('UNDO_INCOMPLETE', problem);
}

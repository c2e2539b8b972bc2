import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalClient } from 'modal';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { killMarkedProcesses } from '../../../src/processes/marked-processes.js';
import type { AppRecord } from '../deploy/app-record.js';
import { openClient, queryModal } from './modal-client.js';
import { hasSecret, listApps, type ModalResource, stopApp } from './modal-resources.js';

/** Milliseconds that an app may take to stop, and between two checks. */
const [timeout, interval] = [20_000, 500];

/**
 * Stops the record's apps and deletes their secret, then verifies that they are gone.
 *
 * @throws UNDO_INCOMPLETE naming what still exists.
 */
export async function removeRevisionApps(plan: RunPlan, record: AppRecord): Promise<void> {
  await killMarkedProcesses(plan); // a deployment that outlived its worker would finish later
  const { deployment, revision } = plan;
  await removeApps(await openClient(record.environment), { app: record.app, deployment, revision });
}

export type OwnedApp = Pick<AppRecord, 'app'> & Pick<RunPlan, 'deployment' | 'revision'>;

/** Does the same for an app that is no longer being deployed, in the client's environment. */
export async function removeApps(client: ModalClient, { app: name, deployment, revision }: OwnedApp): Promise<void> {
  await queryModal(() => client.secrets.delete(name, { allowMissing: true }));
  const listOwn = async () => (await listApps(client)).filter((app) => app.name === name);
  const found = await listOwn();
  const errorMessages: string[] = [];
  for (const { id } of found)
    await stopApp(client, id).catch((error: Error) => errorMessages.push(`; Modal reports: ${error.message}`));
  const left = (found.length === 0 ? [] : await waitForNone(listOwn)).map(({ id }) => `the app ${id}`);
  if (await hasSecret(client, name)) left.push(`the secret ${name}`);
  if (left.length === 0) return;
  const byHand = `by hand: modal app stop ${name} --yes, and modal secret delete ${name}`;
  const message = `Modal still has ${left.join(' and ')} of ${deployment} ${revision}${errorMessages.join('')}; ${byHand}`;
  throw new BerthError('UNDO_INCOMPLETE', message, { name: deployment });
}

/** Returns what still exists after the timeout: an app stops with its containers. */
async function waitForNone(list: () => Promise<ModalResource[]>): Promise<ModalResource[]> {
  let left = await list();
  for (const end = Date.now() + timeout; left.length > 0 && Date.now() < end; left = await list())
    await sleep(interval);
  return left;
}

import type { ModalClient } from 'modal';
import { isNotFound, queryModal } from './modal-client.js';

/** App that has not stopped, or a secret. */
export interface ModalResource {
  kind: 'app' | 'secret';
  id: string;
  name: string;
}

/** States in which an app no longer costs anything: stopped, disabled. */
const stoppedStates: readonly number[] = [5, 7];
/** Maximum number of entries in one reply. */
const pageSize = 100;

/** Lists apps of the client's environment that have not stopped, including those of an interrupted deployment. */
export async function listApps(client: ModalClient): Promise<ModalResource[]> {
  const { apps } = await queryModal(() => client.cpClient.appList({ environmentName: client.environmentName() }));
  return apps
    .filter(({ state }) => !stoppedStates.includes(state))
    .map(({ appId, description }) => ({ kind: 'app', id: appId, name: description }));
}

/** Stops an app with the request that Modal's own command line sends. */
export const stopApp = async (client: ModalClient, appId: string): Promise<void> => {
  await queryModal(() => client.cpClient.appStop({ appId, source: 1 })); // the source of a command line tool
};

/** Lists the secrets of the client's environment. */
export async function listSecrets(client: ModalClient): Promise<ModalResource[]> {
  const found: ModalResource[] = [];
  let before: number | undefined = Date.now() / 1000 + 1;
  while (before !== undefined) {
    const items = await listPage(client, before);
    found.push(...items.map(({ secretId, label }) => ({ kind: 'secret' as const, id: secretId, name: label })));
    before = items.length < pageSize ? undefined : items.at(-1)?.metadata?.creationInfo?.createdAt;
  }
  return found;
}

async function listPage(client: ModalClient, createdBefore: number) {
  const environmentName = client.environmentName();
  const pagination = { maxObjects: pageSize, createdBefore };
  const { items } = await queryModal(() => client.cpClient.secretList({ environmentName, pagination }));
  return items;
}

export async function hasSecret(client: ModalClient, name: string): Promise<boolean> {
  try {
    await queryModal(() => client.secrets.fromName(name));
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Lists the names of all environments that the account sees. */
export const listEnvironments = (client: ModalClient): Promise<string[]> =>
  queryModal(async () => {
    const names: string[] = [];
    for await (const { name } of client.environments.objects.list()) names.push(name);
    return names;
  });

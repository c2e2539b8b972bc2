import { type BerthHome, revisionDirectory } from '../../../src/home/home.js';
import type { ExternalResource } from '../../../src/runners/runner.js';
import { findAccount } from './account.js';
import { appName, parseAppName } from './app-name.js';
import { openClient } from './modal-client.js';
import { listApps, listEnvironments, listSecrets } from './modal-resources.js';
import { removeApps } from './remove-apps.js';

/**
 * Lists apps and secrets of this home's deployments in every environment of the account; none without an account.
 * Others share the account: a name is ours when exactly this home would give it.
 */
export async function listResources(home: Pick<BerthHome, 'deployments'>): Promise<ExternalResource[]> {
  if ((await findAccount()) === undefined) return [];
  const environments = await listEnvironments(await openClient(null));
  const lists = environments.map(async (environment): Promise<ExternalResource[]> => {
    const client = await openClient(environment);
    const resources = [...(await listApps(client)), ...(await listSecrets(client))];
    return resources.flatMap(({ kind, name }) => {
      const identity = parseAppName(name);
      if (identity === undefined || name !== buildOwnAppName(home, identity)) return [];
      const remove = () => removeApps(client, { app: name, ...identity });
      return [{ kind, name, ...identity, bytes: null, remove }];
    });
  });
  return (await Promise.all(lists)).flat();
}

function buildOwnAppName(
  home: Pick<BerthHome, 'deployments'>,
  identity: { deployment: string; revision: string },
): string {
  return appName({
    ...identity,
    stateDirectory: revisionDirectory(home, identity.deployment, identity.revision).state,
  });
}

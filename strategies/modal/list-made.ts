import { type BerthHome, revisionDirectory } from '../../src/home.js';
import type { MadeThing } from '../../src/runners/runner.js';
import { findAccount } from './account.js';
import { appName, readName } from './app-name.js';
import { openCloud } from './cloud.js';
import { listApps, listEnvironments, listSecrets } from './inventory.js';
import { removeApps } from './remove-from-cloud.js';

/**
 * Apps and secrets of this home's deployments in every environment of the account; none where there is no account. A name
 * is ours when this very home would give it: others share the account.
 */
export async function listMade(home: Pick<BerthHome, 'deployments'>): Promise<MadeThing[]> {
  if ((await findAccount()) === undefined) return [];
  const environments = await listEnvironments(await openCloud(null));
  const made = environments.map(async (environment): Promise<MadeThing[]> => {
    const client = await openCloud(environment);
    const things = [...(await listApps(client)), ...(await listSecrets(client))];
    return things.flatMap(({ kind, name }) => {
      const said = readName(name);
      if (said === undefined || name !== nameAt(home, said)) return [];
      const remove = () => removeApps(client, { app: name, ...said });
      return [{ kind, name, ...said, bytes: null, remove }];
    });
  });
  return (await Promise.all(made)).flat();
}

function nameAt(home: Pick<BerthHome, 'deployments'>, said: { deployment: string; revision: string }): string {
  return appName({ ...said, stateDirectory: revisionDirectory(home, said.deployment, said.revision).state });
}

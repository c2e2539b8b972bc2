import type { BerthHome } from '../../../src/home.js';
import { findCloudOwner } from '../../../src/runners/cloud-name.js';
import { lookIntoCloud } from '../../../src/runners/cloud-use.js';
import type { MadeThing } from '../../../src/runners/runner.js';
import { findAddress, openAccount } from './account.js';
import { BentoCloud } from './bento-cloud.js';
import { removeBento, removeDeployment, removeSecret } from './end-deployment.js';
import { tokenVariable } from './variables.js';

interface Found {
  kind: string;
  name: string;
  /** Bears the mark. */
  named: string;
  remove: () => Promise<void>;
}

/**
 * Deployments, secrets and bentos of the account whose names bear this home's mark, in the order in which they let go of
 * each other; none where this process has no token.
 */
export async function listMade(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<MadeThing[]> {
  if (!process.env[tokenVariable]) return [];
  const account = openAccount(findAddress());
  return await lookIntoCloud(home, account.address, async () =>
    (await listAll(new BentoCloud(account))).flatMap(({ kind, name, named, remove }) => {
      const owner = findCloudOwner(home, named);
      return owner === undefined ? [] : [{ kind, name, ...owner, bytes: null, remove }];
    }),
  );
}

async function listAll(cloud: BentoCloud): Promise<Found[]> {
  const deployments = (await cloud.listDeployments()).map((name) => ({
    ...{ kind: 'BentoCloud deployment', name, named: name },
    remove: () => removeDeployment(cloud, name),
  }));
  const secrets = (await cloud.listSecrets()).map((name) => ({
    ...{ kind: 'BentoCloud secret', name, named: name },
    remove: () => removeSecret(cloud, name),
  }));
  const bentos = (await cloud.listBentos()).map(({ repository, version }) => ({
    ...{ kind: 'BentoCloud bento', name: `${repository}:${version}`, named: version },
    remove: () => removeBento(cloud, { repository, version }),
  }));
  return [...deployments, ...secrets, ...bentos];
}

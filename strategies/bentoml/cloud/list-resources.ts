import type { BerthHome } from '../../../src/home/home.js';
import { findCloudOwner } from '../../../src/runners/cloud/cloud-name.js';
import { listCloudResources } from '../../../src/runners/cloud/cloud-usage.js';
import type { ExternalResource } from '../../../src/runners/runner.js';
import { findAddress, openAccount } from './account.js';
import { BentoCloudClient } from './bento-cloud-client.js';
import { tokenVariable } from './environment-variables.js';
import { removeBento, removeDeployment, removeSecret } from './remove-deployment.js';

interface FoundResource {
  kind: string;
  name: string;
  /** Name that ends in the mark. */
  markedName: string;
  remove: () => Promise<void>;
}

/**
 * Lists deployments, secrets and bentos with this home's mark in their names, in the order of their removal. Empty when
 * this process has no token.
 */
export async function listResources(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]> {
  if (!process.env[tokenVariable]) return [];
  const account = openAccount(findAddress());
  return await listCloudResources(home, account.address, async () =>
    (await listAll(new BentoCloudClient(account))).flatMap(({ kind, name, markedName, remove }) => {
      const owner = findCloudOwner(home, markedName);
      return owner === undefined ? [] : [{ kind, name, ...owner, bytes: null, remove }];
    }),
  );
}

async function listAll(cloud: BentoCloudClient): Promise<FoundResource[]> {
  const deployments = (await cloud.listDeployments()).map((name) => ({
    kind: 'BentoCloud deployment',
    name,
    markedName: name,
    remove: () => removeDeployment(cloud, name),
  }));
  const secrets = (await cloud.listSecrets()).map((name) => ({
    kind: 'BentoCloud secret',
    name,
    markedName: name,
    remove: () => removeSecret(cloud, name),
  }));
  const bentos = (await cloud.listBentos()).map(({ repository, version }) => ({
    kind: 'BentoCloud bento',
    name: `${repository}:${version}`,
    markedName: version,
    remove: () => removeBento(cloud, { repository, version }),
  }));
  return [...deployments, ...secrets, ...bentos];
}

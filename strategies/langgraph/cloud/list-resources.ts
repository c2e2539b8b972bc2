import type { BerthHome } from '../../../src/home/home.js';
import { findCloudOwner } from '../../../src/runners/cloud/cloud-name.js';
import { listCloudResources } from '../../../src/runners/cloud/cloud-usage.js';
import type { ExternalResource } from '../../../src/runners/runner.js';
import { findAddress, openAccount } from './account.js';
import { keyVariable } from './environment-variables.js';
import { LangSmithClient } from './lang-smith-client.js';
import { removeDeployment } from './remove-deployment.js';

/** Lists the account's deployments with this home's mark in their names; none when this process has no key. */
export async function listResources(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]> {
  if (!process.env[keyVariable]) return [];
  const account = openAccount(findAddress());
  const cloud = new LangSmithClient(account);
  return await listCloudResources(home, account.address, async () =>
    (await cloud.listNames('-r')).flatMap((name) => {
      const owner = findCloudOwner(home, name);
      if (owner === undefined) return [];
      return [
        { kind: 'LangSmith deployment', name, ...owner, bytes: null, remove: () => removeDeployment(cloud, { name }) },
      ];
    }),
  );
}

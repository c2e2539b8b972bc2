import { existsSync } from 'node:fs';
import { BerthError } from '../errors.js';
import { berthHome, deploymentDirectory } from '../home/home.js';

/**
 * Returns the newest workspace of a deployment on this machine.
 *
 * @throws NAME_UNKNOWN when the deployment is not here, STATE_CONFLICT when it has no workspace yet.
 */
export function requireWorkspace(name: string): string {
  const { root, workspace } = deploymentDirectory(berthHome(), name);
  if (!existsSync(root))
    throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name} on this machine`, { name });
  if (!existsSync(workspace)) throw new BerthError('STATE_CONFLICT', `${name} has no workspace yet`, { name });
  return workspace;
}

/**
 * Returns the workspace of a revision.
 *
 * @throws NAME_UNKNOWN when the deployment is not here, STATE_CONFLICT when the revision is gone.
 */
export async function requireRevisionWorkspace(name: string, revision: string): Promise<string> {
  const newest = requireWorkspace(name);
  const { findWorkspace } = await import('../workspaces/index.js');
  const workspace = await findWorkspace(newest, deploymentDirectory(berthHome(), name).revisions, revision);
  if (workspace === undefined)
    throw new BerthError('STATE_CONFLICT', `${name} has no workspace of revision ${revision}`, { name });
  return workspace;
}

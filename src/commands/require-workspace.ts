import { existsSync } from 'node:fs';
import { BerthError } from '../errors.js';
import { berthHome, deploymentDirectory } from '../home/home.js';

/** The newest workspace of a deployment on this machine. Throws NAME_UNKNOWN, STATE_CONFLICT where nothing was copied yet. */
export function requireWorkspace(name: string): string {
  const { root, workspace } = deploymentDirectory(berthHome(), name);
  if (!existsSync(root))
    throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name} on this machine`, { name });
  if (!existsSync(workspace)) throw new BerthError('STATE_CONFLICT', `${name} has no workspace yet`, { name });
  return workspace;
}

/** The workspace that a revision was made in. Throws as `requireWorkspace`, and STATE_CONFLICT for a revision that is gone. */
export async function requireRevisionWorkspace(name: string, revision: string): Promise<string> {
  const newest = requireWorkspace(name);
  const { findWorkspace } = await import('../workspaces/index.js');
  const found = await findWorkspace(newest, deploymentDirectory(berthHome(), name).revisions, revision);
  if (found === undefined) throw new BerthError('STATE_CONFLICT', `${name} has no workspace of ${revision}`, { name });
  return found;
}

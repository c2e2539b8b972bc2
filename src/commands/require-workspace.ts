import { existsSync } from 'node:fs';
import { BerthError } from '../errors.js';
import { berthHome, deploymentDirectory } from '../home.js';

/** The workspace of a deployment on this machine. Throws NAME_UNKNOWN, or STATE_CONFLICT where nothing was copied yet. */
export function requireWorkspace(name: string): string {
  const { root, workspace } = deploymentDirectory(berthHome(), name);
  if (!existsSync(root))
    throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name} on this machine`, { name });
  if (!existsSync(workspace)) throw new BerthError('STATE_CONFLICT', `${name} has no workspace yet`, { name });
  return workspace;
}

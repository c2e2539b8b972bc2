import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { hostsDirectory } from '../../home/package-root.js';

/** What a server of somebody else's imports of a revision. */
export interface ServerImports {
  /** The module that it imports first. */
  module: string;
  /** Import roots, relative to the revision. */
  paths: string[];
}

/** Goes first on Python's path: with it, a server finds a revision's modules as our own host does, and within their time. */
export const startupDirectory = join(hostsDirectory, 'python', 'startup');

/** The variable that it reads; see hosts/python/berth_host/server_imports.py. */
export const buildImportVariables = (
  { directory, importTimeout }: Pick<RunPlan, 'directory' | 'importTimeout'>,
  { module, paths }: ServerImports,
): Record<string, string> => ({
  BERTH_IMPORTS: JSON.stringify({ directory, module, paths, importTimeout: importTimeout ?? null }),
});

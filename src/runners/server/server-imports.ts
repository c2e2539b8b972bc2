import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { hostsDirectory } from '../../home/package-root.js';

/** Imports of a framework's server from a revision. */
export interface ServerImports {
  /** The module that it imports first. */
  module: string;
  /** Import roots, relative to the revision. */
  paths: string[];
}

/**
 * Directory that goes first on Python's path. It makes a server import a revision's modules by the rules and the
 * timeout of Berth's own host process.
 */
export const startupDirectory = join(hostsDirectory, 'python', 'startup');

/** Builds the variable that this directory's module reads; see hosts/python/berth_host/server_imports.py. */
export const buildImportVariables = (
  { directory, importTimeout }: Pick<RunPlan, 'directory' | 'importTimeout'>,
  { module, paths }: ServerImports,
): Record<string, string> => ({
  BERTH_IMPORTS: JSON.stringify({ directory, module, paths, importTimeout: importTimeout ?? null }),
});

import { runGit } from './git-repository.js';
import { snapshotWorkspace } from './snapshot-workspace.js';

/**
 * Unified diff from the source to the workspace as it stands, committed or not; empty when nothing changed. Of a large
 * file it shows the digests. Throws STATE_CONFLICT where there is no workspace.
 */
export async function diffWorkspace(workspace: string): Promise<string> {
  const { source, commit } = await snapshotWorkspace(workspace);
  return diffCommits(workspace, source, commit);
}

/** `paths` limit it, as git's pathspecs. */
export const diffCommits = (
  workspace: string,
  from: string,
  to: string,
  options: string[] = [],
  paths: string[] = [],
): Promise<string> => {
  const plain = ['--no-ext-diff', '--no-textconv', '--no-color'];
  return runGit(workspace, ['diff', ...plain, ...options, from, to, '--', ...paths]);
};

import { runGit } from './git-repository.js';
import { snapshotWorkspace } from './snapshot-workspace.js';

/**
 * Returns a unified diff from the source to the current workspace, including uncommitted changes; empty if nothing
 * changed. Shows only the digests of a large file.
 *
 * @throws STATE_CONFLICT when there is no workspace.
 */
export async function diffWorkspace(workspace: string): Promise<string> {
  const { source, commit } = await snapshotWorkspace(workspace);
  return diffCommits(workspace, source, commit);
}

/** Returns the diff of two commits. `paths` are git pathspecs that limit it. */
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

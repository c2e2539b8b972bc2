import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Commit, commitWorkspace } from './commit-workspace.js';
import { diffCommits } from './diff-workspace.js';
import { getGitDirectory, startGit } from './git-repository.js';
import { readWorkspaceRecord } from './workspace-record.js';

export interface ReapplyRequest {
  /** Workspace that contains the change. */
  from: string;
  /** Commit of the change. */
  commit: string;
  /** New workspace with a newer source. */
  workspace: string;
  message: string;
}

/** Applies a change of an earlier source to a newer one. Returns undefined, and changes nothing, if it does not apply. */
export async function reapplyChange({ from, commit, workspace, message }: ReapplyRequest): Promise<Commit | undefined> {
  const { source } = await readWorkspaceRecord(from);
  const patch = await diffCommits(from, source, commit, ['--binary', '--full-index']);
  if (patch !== '') {
    const file = join(getGitDirectory(workspace), 'carried.patch');
    await writeFile(file, patch);
    const { exitCode } = await startGit(workspace, ['-C', workspace, 'apply', '--whitespace=nowarn', file]).catch(
      (error: { exitCode?: number }) => error,
    );
    if (exitCode !== 0) return undefined;
  }
  return await commitWorkspace(workspace, message);
}

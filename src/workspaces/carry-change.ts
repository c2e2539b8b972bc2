import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Commit, commitWorkspace } from './commit-workspace.js';
import { diffCommits } from './diff-workspace.js';
import { gitDirectory, startGit } from './git-repository.js';
import { readRecord } from './workspace-record.js';

export interface CarryRequest {
  /** The workspace in which the change was made, and the commit that holds it. */
  from: string;
  commit: string;
  /** A fresh workspace of a newer source. */
  workspace: string;
  message: string;
}

/** Makes a change of an earlier source on a newer one, whole or not at all; undefined where it does not fit any more. */
export async function carryChange({ from, commit, workspace, message }: CarryRequest): Promise<Commit | undefined> {
  const { source } = await readRecord(from);
  const patch = await diffCommits(from, source, commit, ['--binary', '--full-index']);
  if (patch !== '') {
    const file = join(gitDirectory(workspace), 'carried.patch');
    await writeFile(file, patch);
    const { exitCode } = await startGit(workspace, ['-C', workspace, 'apply', '--whitespace=nowarn', file]).catch(
      (error: { exitCode?: number }) => error,
    );
    if (exitCode !== 0) return undefined;
  }
  return await commitWorkspace(workspace, message);
}

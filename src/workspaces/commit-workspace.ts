import { BerthError } from '../errors.js';
import { digestFiles } from './digest-tree.js';
import { runGit } from './git-repository.js';
import { importTree } from './import-tree.js';
import { listSourceFiles, type SourceFile } from './list-source-files.js';
import { withHomeErrors } from './with-home-errors.js';
import { findCommit, readWorkspaceRecord, type WorkspaceRecord, writeWorkspaceRecord } from './workspace-record.js';

export interface Commit {
  commit: string;
  /** Paths that differ from the source commit, sorted. */
  filesChanged: string[];
}

/**
 * Commits the workspace as it stands; without a change since the last commit, that one is the answer. The same rules
 * say what belongs to it as for the source: what the repository's ignore files or the default rules exclude does not.
 *
 * Throws ADAPTATION_FAILED for a link that leaves the workspace, DISK_FULL or HOME_UNUSABLE where git cannot write.
 */
export async function commitWorkspace(workspace: string, message: string): Promise<Commit> {
  const record = await readWorkspaceRecord(workspace);
  const files = await listWorkspaceFiles(workspace, record);
  const last = findCommit(record, record.head);
  if ((await digestFiles(workspace, files)) === last.digest) {
    return { commit: record.head, filesChanged: last.filesChanged };
  }
  return withHomeErrors(workspace, () => commitFiles(workspace, record, files, message));
}

async function commitFiles(
  workspace: string,
  record: WorkspaceRecord,
  files: readonly SourceFile[],
  message: string,
): Promise<Commit> {
  const { commit, digest, largeFiles } = await importTree({
    workspace,
    root: workspace,
    files,
    ref: 'refs/heads/main',
    parent: record.head,
    message: `${message}\n`,
    time: Math.floor(Date.now() / 1000),
    known: findCommit(record, record.head).largeFiles,
  });
  const filesChanged = await listChanges(workspace, record.source, commit);
  const commits = { ...record.commits, [commit]: { digest, largeFiles, filesChanged } };
  await writeWorkspaceRecord(workspace, { ...record, head: commit, commits });
  return { commit, filesChanged };
}

async function listChanges(workspace: string, from: string, to: string): Promise<string[]> {
  const names = await runGit(workspace, ['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
  return names.split('\0').filter((name) => name !== '');
}

/** An unsafe link here was made by the adaptation, not by the user. */
export const listWorkspaceFiles = (workspace: string, { tracked = [] }: WorkspaceRecord): Promise<SourceFile[]> =>
  listSourceFiles(workspace, { tracked }).catch((error) => {
    if (error.code !== 'SOURCE_UNSAFE') throw error;
    throw new BerthError('ADAPTATION_FAILED', error.message, error.details, { cause: error });
  });

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
 * Commits the current state of the workspace. Returns the previous commit if nothing changed. Excludes what the
 * repository's ignore files and the default rules exclude, as for the source.
 *
 * @throws ADAPTATION_FAILED, DISK_FULL, HOME_UNUSABLE when a link leaves the workspace, or git cannot write.
 */
export async function commitWorkspace(workspace: string, message: string): Promise<Commit> {
  const record = await readWorkspaceRecord(workspace);
  const files = await listWorkspaceFiles(workspace, record);
  const head = findCommit(record, record.head);
  if ((await digestFiles(workspace, files)) === head.digest) {
    return { commit: record.head, filesChanged: head.filesChanged };
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

/** Lists the files of a workspace. An unsafe link in it comes from the adaptation, not from the user. */
export const listWorkspaceFiles = (workspace: string, { tracked = [] }: WorkspaceRecord): Promise<SourceFile[]> =>
  listSourceFiles(workspace, { tracked }).catch((error) => {
    if (error.code !== 'SOURCE_UNSAFE') throw error;
    throw new BerthError('ADAPTATION_FAILED', error.message, error.details, { cause: error });
  });

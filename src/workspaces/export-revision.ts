import { chmod, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { listSourceFiles } from './list-source-files.js';
import { mapBounded } from './map-bounded.js';
import { removeTree } from './remove-tree.js';
import { exportSourceHistory } from './source-history.js';
import { withHomeErrors } from './with-home-errors.js';
import { type CommitRecord, findCommit, readWorkspaceRecord } from './workspace-record.js';
import { writeCommit } from './write-commit.js';

export interface ExportRequest {
  workspace: string;
  commit: string;
  /** Directory of the revision's code. Replaced if it exists. */
  directory: string;
}

/**
 * Exports a commit of the workspace as a revision's code, including large files. Writes to a sibling directory and
 * renames it.
 * Files are read-only, so that no code changes the verified state. Directories are writable, because solutions write
 * caches and results next to their code.
 *
 * @throws STATE_CONFLICT when the commit is unknown, or a large file has changed since.
 * @throws DISK_FULL, HOME_UNUSABLE when the code cannot be written.
 */
export async function exportRevision({ workspace, commit, directory }: ExportRequest): Promise<{ digest: string }> {
  const record = await readWorkspaceRecord(workspace);
  const committed = findCommit(record, commit);
  await withHomeErrors(directory, () => exportCommit({ workspace, commit, directory }, committed, record.tracked));
  return { digest: committed.digest };
}

async function exportCommit(
  { workspace, commit, directory }: ExportRequest,
  record: CommitRecord,
  tracked: readonly string[] = [],
): Promise<void> {
  const partial = `${directory}.partial`;
  await removeTree(partial);
  await mkdir(partial, { recursive: true });
  await writeCommit({ workspace, commit, directory: partial }, record.largeFiles);
  await protectFiles(partial, tracked);
  await exportSourceHistory(workspace, directory);
  await Promise.all([removeTree(directory), writeDurably(getCommitPath(directory), commit)]);
  await rename(partial, directory);
}

/** Returns the commit from which a revision's code was exported; undefined if it was not exported. */
export const readExportedCommit = (directory: string): Promise<string | undefined> =>
  readFile(getCommitPath(directory), 'utf8').catch(() => undefined);

const getCommitPath = (directory: string): string => `${directory}.commit`;

async function protectFiles(root: string, tracked: readonly string[]): Promise<void> {
  const files = (await listSourceFiles(root, { tracked })).filter((file) => file.kind === 'file');
  await mapBounded(files, (file) => chmod(join(root, file.path), (file.mode & 0o100) === 0 ? 0o444 : 0o555));
}

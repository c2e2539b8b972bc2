import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import { mapBounded } from './bounded.js';
import { runGit } from './git-repository.js';
import type { KeptFile } from './import-tree.js';
import { listSourceFiles } from './list-source-files.js';
import { removeTree } from './remove-tree.js';
import { withinHome } from './within-home.js';
import { type CommitRecord, findCommit, readRecord } from './workspace-record.js';

export interface ExportRequest {
  workspace: string;
  commit: string;
  /** Where the revision's code comes to lie. What was there is replaced. */
  directory: string;
}

/**
 * Writes a commit of the workspace out as a revision's code, large files included, built beside its place and renamed.
 * Files are read only, so that no code changes the state that was verified; directories are not, because solutions write
 * caches and results next to their code.
 *
 * Throws STATE_CONFLICT for an unknown commit or a large file that has changed since, HOME_UNUSABLE for a full disk.
 */
export async function exportRevision({ workspace, commit, directory }: ExportRequest): Promise<{ digest: string }> {
  const record = findCommit(await readRecord(workspace), commit);
  await withinHome(directory, () => exportCommit({ workspace, commit, directory }, record));
  return { digest: record.digest };
}

async function exportCommit({ workspace, commit, directory }: ExportRequest, record: CommitRecord): Promise<void> {
  const partial = `${directory}.partial`;
  const index = `${directory}.index`;
  await Promise.all([removeTree(partial), rm(index, { force: true })]);
  await mkdir(partial, { recursive: true });
  const extra = { GIT_WORK_TREE: partial, GIT_INDEX_FILE: index };
  await runGit(workspace, ['read-tree', '--reset', '-u', commit], extra);
  await mapBounded(record.kept, (kept) => exportLargeFile(workspace, partial, kept));
  await protectFiles(partial);
  await Promise.all([removeTree(directory), rm(index, { force: true })]);
  await rename(partial, directory);
}

async function exportLargeFile(workspace: string, target: string, kept: KeptFile): Promise<void> {
  const from = join(workspace, kept.path);
  const found = await stat(from).catch(() => undefined);
  if (found?.size !== kept.bytes || found.mtimeMs !== kept.modified) {
    throw new BerthError(
      'STATE_CONFLICT',
      `${kept.path} is not as it was committed; git does not hold it for its size`,
    );
  }
  await rm(join(target, kept.path));
  await copyFile(from, join(target, kept.path), constants.COPYFILE_FICLONE);
}

async function protectFiles(root: string): Promise<void> {
  const files = (await listSourceFiles(root)).filter((file) => file.kind === 'file');
  await mapBounded(files, (file) => chmod(join(root, file.path), (file.mode & 0o100) === 0 ? 0o444 : 0o555));
}

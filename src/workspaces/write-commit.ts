import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import { getGitDirectory, runGit } from './git-repository.js';
import type { LargeFile } from './import-tree.js';
import { mapBounded } from './map-bounded.js';

export interface WriteRequest {
  workspace: string;
  commit: string;
  /** An existing, empty directory. */
  directory: string;
}

/**
 * Writes the files of a commit into a directory, including the content of large files.
 *
 * @throws STATE_CONFLICT when a large file has changed since.
 */
export async function writeCommit(
  { workspace, commit, directory }: WriteRequest,
  largeFiles: LargeFile[],
): Promise<void> {
  const index = join(getGitDirectory(workspace), `write-${randomUUID()}.index`);
  try {
    await runGit(workspace, ['read-tree', '--reset', '-u', commit], {
      GIT_WORK_TREE: directory,
      GIT_INDEX_FILE: index,
    });
    await mapBounded(largeFiles, (file) => writeLargeFile(workspace, directory, file));
  } finally {
    await rm(index, { force: true });
  }
}

async function writeLargeFile(workspace: string, target: string, { path, bytes, modified }: LargeFile): Promise<void> {
  const from = join(workspace, path);
  const stats = await stat(from).catch(() => undefined);
  if (stats?.size !== bytes || stats.mtimeMs !== modified) {
    throw new BerthError('STATE_CONFLICT', `${path} has changed since it was committed, and is too large for git`);
  }
  await rm(join(target, path));
  await copyFile(from, join(target, path), constants.COPYFILE_FICLONE);
}

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
  /** Exists and is empty. */
  directory: string;
}

/**
 * Writes a commit's files into a directory, with the content of those that are too large for git. Throws STATE_CONFLICT
 * for a large file that has changed since.
 */
export async function writeCommit({ workspace, commit, directory }: WriteRequest, kept: LargeFile[]): Promise<void> {
  const index = join(getGitDirectory(workspace), `write-${randomUUID()}.index`);
  try {
    await runGit(workspace, ['read-tree', '--reset', '-u', commit], {
      GIT_WORK_TREE: directory,
      GIT_INDEX_FILE: index,
    });
    await mapBounded(kept, (file) => writeLargeFile(workspace, directory, file));
  } finally {
    await rm(index, { force: true });
  }
}

async function writeLargeFile(workspace: string, target: string, kept: LargeFile): Promise<void> {
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

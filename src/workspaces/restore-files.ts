import { randomUUID } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getGitDirectory, runGit } from './git-repository.js';
import { withHomeErrors } from './with-home-errors.js';
import { findCommit, readWorkspaceRecord } from './workspace-record.js';

/**
 * Restores files of the source as they were copied, and returns their paths. Does not restore files too large for git.
 *
 * @throws STATE_CONFLICT, DISK_FULL, HOME_UNUSABLE when there is no workspace, or it cannot be written.
 */
export async function restoreFiles(workspace: string, paths: readonly string[]): Promise<string[]> {
  const record = await readWorkspaceRecord(workspace);
  const large = new Set(findCommit(record, record.source).largeFiles.map(({ path }) => path));
  const restorable = paths.filter((path) => !large.has(path));
  if (restorable.length === 0) return [];
  const index = join(getGitDirectory(workspace), `restore-${randomUUID()}.index`);
  const extra = { GIT_WORK_TREE: workspace, GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: '1' };
  try {
    await withHomeErrors(workspace, async () => {
      for (const path of restorable) await removeUnlessFile(join(workspace, path));
      await runGit(workspace, ['checkout', '--quiet', '--force', record.source, '--', ...restorable], extra);
    });
  } finally {
    await rm(index, { force: true });
  }
  return restorable;
}

/** Removes a link or directory that replaced the file, so that git does not write through it. */
async function removeUnlessFile(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats !== undefined && !stats.isFile()) await rm(path, { recursive: true, force: true });
}

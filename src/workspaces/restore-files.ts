import { randomUUID } from 'node:crypto';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getGitDirectory, runGit } from './git-repository.js';
import { withHomeErrors } from './with-home-errors.js';
import { findCommit, readWorkspaceRecord } from './workspace-record.js';

/**
 * Puts files of the source back as they were copied, and says which: what is too large for git stays as it is. Throws
 * STATE_CONFLICT where there is no workspace, DISK_FULL or HOME_UNUSABLE where it cannot be written.
 */
export async function restoreFiles(workspace: string, paths: readonly string[]): Promise<string[]> {
  const record = await readWorkspaceRecord(workspace);
  const kept = new Set(findCommit(record, record.source).largeFiles.map(({ path }) => path));
  const wanted = paths.filter((path) => !kept.has(path));
  if (wanted.length === 0) return [];
  const index = join(getGitDirectory(workspace), `restore-${randomUUID()}.index`);
  const extra = { GIT_WORK_TREE: workspace, GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: '1' };
  try {
    await withHomeErrors(workspace, async () => {
      for (const path of wanted) await removeLink(join(workspace, path));
      await runGit(workspace, ['checkout', '--quiet', '--force', record.source, '--', ...wanted], extra);
    });
  } finally {
    await rm(index, { force: true });
  }
  return wanted;
}

/** Whatever was put in the file's place is not written through. */
async function removeLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) await rm(path, { recursive: true, force: true });
}

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getGitDirectory } from './git-repository.js';
import { removeTree } from './remove-tree.js';

// Packages that take their version from git need commits and tags, which a copy does not have. So those of the source
// are archived next to it, without file contents, and with no more commits than a version needs.

/** State of the source's git repository at the time of the copy. */
export interface SourceHistory {
  commit: string;
  /** Null if no branch is checked out. */
  branch: string | null;
  /** Path of the copied directory in the repository; empty if it is the top. */
  prefix: string;
  /** True if the copied files are those of the commit. */
  isClean: boolean;
  /** Output of `git describe --tags --long`; null if no tag is reachable. */
  described: string | null;
}

export const getHistoryPath = (workspace: string): string => join(getGitDirectory(workspace), 'source-history');
export const getRevisionHistoryPath = (directory: string): string => `${directory}.history`;

/** Copies the history of a workspace to a revision, next to the revision's code. */
export async function exportSourceHistory(workspace: string, directory: string): Promise<void> {
  const target = getRevisionHistoryPath(directory);
  await removeTree(target);
  if ((await readSourceHistory(getHistoryPath(workspace))) === undefined) return;
  await cp(getHistoryPath(workspace), target, { recursive: true });
  await writeFile(join(target, 'alternates'), `${join(getGitDirectory(workspace), 'objects')}\n`);
}

/** Reads the history of a revision's code; undefined if there is none. */
export const readRevisionHistory = (directory: string): Promise<SourceHistory | undefined> =>
  readSourceHistory(getRevisionHistoryPath(directory));

/** Reads the history of a workspace; undefined if there is none. */
export const readWorkspaceHistory = (workspace: string): Promise<SourceHistory | undefined> =>
  readSourceHistory(getHistoryPath(workspace));

async function readSourceHistory(directory: string): Promise<SourceHistory | undefined> {
  const text = await readFile(join(directory, 'history.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as SourceHistory); // written by Berth
}

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getGitDirectory } from './git-repository.js';
import { removeTree } from './remove-tree.js';

// Packages that take their version from git ask for commits and tags. A copy has none of them, so that the ones of the
// source are kept beside it: no content of any file, and no more commits than are needed to tell a version.

/** What was so in the source's git repository when it was copied. */
export interface SourceHistory {
  commit: string;
  /** Null where no branch is checked out. */
  branch: string | null;
  /** Of the copied directory, from the top of that repository; empty when it is the top. */
  prefix: string;
  /** True when the copied files were those of the commit. */
  isClean: boolean;
  /** `git describe --tags --long`; null where no tag is reached. */
  described: string | null;
}

/** Where it lies for a workspace, and for a revision's code. */
export const getHistoryPath = (workspace: string): string => join(getGitDirectory(workspace), 'source-history');
export const getRevisionHistoryPath = (directory: string): string => `${directory}.history`;

/** Hands the history on to a revision: it is kept beside the revision's code. */
export async function exportSourceHistory(workspace: string, directory: string): Promise<void> {
  const target = getRevisionHistoryPath(directory);
  await removeTree(target);
  if ((await readSourceHistory(getHistoryPath(workspace))) === undefined) return;
  await cp(getHistoryPath(workspace), target, { recursive: true });
  await writeFile(join(target, 'alternates'), `${join(getGitDirectory(workspace), 'objects')}\n`);
}

/** The history that is kept for a revision's code; undefined where there is none. */
export const readRevisionHistory = (directory: string): Promise<SourceHistory | undefined> =>
  readSourceHistory(getRevisionHistoryPath(directory));

/** The history that is kept for a workspace; undefined where there is none. */
export const readWorkspaceHistory = (workspace: string): Promise<SourceHistory | undefined> =>
  readSourceHistory(getHistoryPath(workspace));

async function readSourceHistory(directory: string): Promise<SourceHistory | undefined> {
  const text = await readFile(join(directory, 'history.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as SourceHistory); // our own file
}

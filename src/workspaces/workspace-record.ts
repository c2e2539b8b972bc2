import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import { writeDurably } from '../home/durable-file.js';
import { getGitDirectory } from './git-repository.js';
import type { LargeFile } from './import-tree.js';

export interface CommitRecord {
  /** Digest of the committed tree, with the content of large files. */
  digest: string;
  largeFiles: LargeFile[];
  /** Paths that differ from the source commit. */
  filesChanged: string[];
}

/** State of a workspace, independent of git's references. Written last, so all commits in it are complete. */
export interface WorkspaceRecord {
  source: string;
  head: string;
  /** Files that belong to the workspace although an ignore file matches them; absent in records of earlier versions. */
  tracked?: string[];
  commits: Record<string, CommitRecord>;
}

const getRecordPath = (workspace: string): string => join(getGitDirectory(workspace), 'berth.json');

/**
 * Reads the record of a workspace.
 *
 * @throws STATE_CONFLICT when the workspace has no complete copy.
 */
export async function readWorkspaceRecord(workspace: string): Promise<WorkspaceRecord> {
  const text = await readFile(getRecordPath(workspace), 'utf8').catch((error) => {
    throw new BerthError('STATE_CONFLICT', `${workspace} contains no copy of a solution`, {}, { cause: error });
  });
  return JSON.parse(text);
}

export async function writeWorkspaceRecord(workspace: string, record: WorkspaceRecord): Promise<void> {
  await writeDurably(getRecordPath(workspace), JSON.stringify(record));
}

/** Returns the files that belong to a workspace although an ignore file matches them. */
export const readTrackedFiles = (workspace: string): Promise<string[]> =>
  readWorkspaceRecord(workspace).then(
    ({ tracked = [] }) => tracked,
    () => [],
  );

/**
 * Returns the record of a commit.
 *
 * @throws STATE_CONFLICT when Berth did not create the commit.
 */
export function findCommit(record: WorkspaceRecord, commit: string): CommitRecord {
  const commitRecord = record.commits[commit];
  if (commitRecord === undefined) throw new BerthError('STATE_CONFLICT', `the workspace has no commit ${commit}`);
  return commitRecord;
}

import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BerthError } from '../errors.js';
import { diffCommits } from './diff-workspace.js';
import { readExportedCommit } from './export-revision.js';
import type { LargeFile } from './import-tree.js';
import { snapshotWorkspace } from './snapshot-workspace.js';
import { findCommit, readWorkspaceRecord } from './workspace-record.js';
import { writeCommit } from './write-commit.js';

export interface EjectRequest {
  workspace: string;
  /** Code directory of the revision, ejected without files that the software wrote; null: the current workspace. */
  code: string | null;
  /** For code: a new or empty directory. For a patch: a new file, or a directory in which `patchName` is created. */
  target: string;
}

export interface Ejection {
  /** Absolute path. */
  path: string;
  /** Changed files that are too large for the patch. */
  missing: string[];
}

/**
 * Writes the code as plain files, which belong to the user from then on.
 *
 * @throws USAGE when the target is not empty or cannot be written.
 */
export async function ejectCode(request: EjectRequest): Promise<Ejection> {
  const { commit, largeFiles } = await findState(request);
  const directory = resolve(request.target);
  await createEmptyDirectory(directory);
  await writeCommit({ workspace: request.workspace, commit, directory }, largeFiles);
  return { path: directory, missing: [] };
}

/**
 * Writes the changes to the source as a patch for `git apply`.
 *
 * @throws USAGE when the file exists or cannot be written.
 */
export async function ejectPatch(request: EjectRequest & { patchName: string }): Promise<Ejection> {
  const { workspace, target, patchName } = request;
  const { commit, largeFiles } = await findState(request);
  const { source, commits } = await readWorkspaceRecord(workspace);
  const large = new Set([...largeFiles, ...(commits[source]?.largeFiles ?? [])].map((file) => file.path));
  const exclusions = [...large].map((path) => `:(exclude,literal)${path}`);
  const patch = await diffCommits(workspace, source, commit, ['--binary', '--full-index'], ['.', ...exclusions]);
  const changed = await diffCommits(workspace, source, commit, ['--name-only', '-z'], ['.']);
  const path = resolve((await isDirectory(target)) ? join(target, patchName) : target);
  await writeNewFile(path, patch);
  return { path, missing: changed.split('\0').filter((name) => large.has(name)) };
}

async function findState({ workspace, code }: EjectRequest): Promise<{ commit: string; largeFiles: LargeFile[] }> {
  const commit = code === null ? undefined : await readExportedCommit(code);
  if (commit === undefined) return snapshotWorkspace(workspace);
  return { commit, largeFiles: findCommit(await readWorkspaceRecord(workspace), commit).largeFiles };
}

async function createEmptyDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw createWriteError(path, cause);
  });
  const entries = await readdir(path);
  if (entries.length === 0) return;
  throw new BerthError('USAGE', `${path} is not empty: give a new or empty directory`, { command: 'eject' });
}

async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw createWriteError(path, cause as NodeJS.ErrnoException);
  }
}

function createWriteError(path: string, cause: NodeJS.ErrnoException): BerthError {
  const message = cause.code === 'EEXIST' ? `${path} already exists` : `cannot write ${path}: ${cause.message}`;
  return new BerthError('USAGE', message, { command: 'eject' }, { cause });
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

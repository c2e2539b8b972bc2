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
  /** The code of the revision that is wanted, without what the software wrote beside it; null: the workspace as it is. */
  code: string | null;
  /** Of the code: a directory that is new or empty. Of a patch: a new file, or a directory for `patchName`. */
  target: string;
}

export interface Ejection {
  /** Absolute. */
  path: string;
  /** Large files that the patch does not hold, although they changed. */
  missing: string[];
}

/** Writes the code out as plain files, the user's own from then on. Throws USAGE for a target that holds something. */
export async function ejectCode(request: EjectRequest): Promise<Ejection> {
  const { commit, largeFiles } = await findState(request);
  const directory = resolve(request.target);
  await createEmptyDirectory(directory);
  await writeCommit({ workspace: request.workspace, commit, directory }, largeFiles);
  return { path: directory, missing: [] };
}

/** Writes the difference to the source as a patch that `git apply` takes. Throws USAGE for a file that exists. */
export async function ejectPatch(request: EjectRequest & { patchName: string }): Promise<Ejection> {
  const { workspace, target, patchName } = request;
  const { commit, largeFiles } = await findState(request);
  const { source, commits } = await readWorkspaceRecord(workspace);
  const large = new Set([...largeFiles, ...(commits[source]?.largeFiles ?? [])].map((file) => file.path));
  const without = [...large].map((path) => `:(exclude,literal)${path}`);
  const patch = await diffCommits(workspace, source, commit, ['--binary', '--full-index'], ['.', ...without]);
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
  const found = await readdir(path);
  if (found.length === 0) return;
  throw new BerthError('USAGE', `${path} is not empty: give a directory that is new or empty`, { command: 'eject' });
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
  const message = cause.code === 'EEXIST' ? `${path} exists already` : `cannot write ${path}: ${cause.message}`;
  return new BerthError('USAGE', message, { command: 'eject' }, { cause });
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

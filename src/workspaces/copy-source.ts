import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BerthError } from '../errors.js';
import { archiveSourceHistory, usesGitVersion } from './archive-source-history.js';
import { createRepository, getGitDirectory } from './git-repository.js';
import { type ImportedTree, importTree } from './import-tree.js';
import { createUnreadableError, listSourceFiles, type SourceFile } from './list-source-files.js';
import { mapBounded } from './map-bounded.js';
import { removeTree } from './remove-tree.js';
import { withHomeErrors } from './with-home-errors.js';
import { writeWorkspaceRecord } from './workspace-record.js';

export interface CopiedSource {
  /** Digest of the source tree, as `digestTree` returns it. */
  digest: string;
  commit: string;
  files: number;
  bytes: number;
  /** Files that were not copied, and files that git does not hold. */
  notes: string[];
}

/**
 * Copies a repository into a new workspace and commits it to the git repository of the workspace. Only reads the
 * source. Replaces an existing workspace: the copy is built next to it and renamed, so a kill leaves a complete copy or
 * none.
 *
 * @throws SOURCE_NOT_FOUND, SOURCE_EMPTY, SOURCE_UNSAFE when the source is unusable.
 * @throws DISK_FULL, HOME_UNUSABLE when the workspace cannot be written.
 */
export async function copySource({ source, workspace }: { source: string; workspace: string }): Promise<CopiedSource> {
  const notes: string[] = [];
  const files = await listSourceFiles(source, { onNote: (note) => notes.push(note) });
  if (files.length === 0) {
    throw new BerthError('SOURCE_EMPTY', `${source} contains no file that is not ignored`, { path: source });
  }
  const tree = await withHomeErrors(workspace, () => fillWorkspace(source, workspace, files));
  notes.push(
    ...tree.largeFiles.map(
      (file) => `${file.path} (${formatMebibytes(file.bytes)}) is too large for the workspace’s git`,
    ),
  );
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { digest: tree.digest, commit: tree.commit, files: files.length, bytes, notes: notes.sort() };
}

async function fillWorkspace(source: string, workspace: string, files: readonly SourceFile[]): Promise<ImportedTree> {
  const partial = `${workspace}.partial`;
  await Promise.all([workspace, partial, getGitDirectory(workspace)].map(removeTree));
  await Promise.all([createDirectories(partial, files), createRepository(getGitDirectory(workspace))]);
  await mapBounded(files, (file) => copySourceFile(source, partial, file));
  const time = Math.floor(Date.now() / 1000);
  const message = 'Copy the solution\n';
  const tree = await importTree({ workspace, root: partial, files, ref: 'refs/heads/main', message, time });
  await rename(partial, workspace);
  const { commit, digest, largeFiles } = tree;
  if (await usesGitVersion(source, files)) await archiveSourceHistory(source, workspace, commit);
  const tracked = files.filter(({ isTracked }) => isTracked).map(({ path }) => path);
  await writeWorkspaceRecord(workspace, {
    source: commit,
    head: commit,
    tracked,
    commits: { [commit]: { digest, largeFiles, filesChanged: [] } },
  });
  return tree;
}

async function createDirectories(root: string, files: readonly SourceFile[]): Promise<void> {
  const directories = new Set(files.map((file) => dirname(join(root, file.path))));
  await mapBounded([root, ...directories], (directory) => mkdir(directory, { recursive: true }));
}

/**
 * Copies a file as a reflink if the file system supports it. Never makes a hard link, because an agent that edits the
 * file in place would change the user's file.
 */
async function copySourceFile(source: string, target: string, file: SourceFile): Promise<void> {
  const to = join(target, file.path);
  if (file.target !== undefined) return symlink(file.target, to);
  const from = join(source, file.path);
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error) => {
    throw ['EACCES', 'ENOENT'].includes(error.code) ? createUnreadableError(from, error) : error;
  });
  if ((file.mode & 0o600) !== 0o600) await chmod(to, file.mode | 0o600);
}

const formatMebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

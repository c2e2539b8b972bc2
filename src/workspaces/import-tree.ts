import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import {
  combineDigests,
  describeFile,
  digestBytes,
  digestLargeFile,
  getGitMode,
  isLarge,
  readContent,
} from './digest-tree.js';
import { describeGitFailure, startGit } from './git-repository.js';
import type { SourceFile } from './list-source-files.js';
import { mapBounded } from './map-bounded.js';

/** A file too large for git. The commit contains a pointer with its digest; the content stays in the workspace. */
export interface LargeFile {
  path: string;
  bytes: number;
  /** Modification time in milliseconds since 1970. With `bytes`, it shows whether the content has changed. */
  modified: number;
  sha256: string;
}

export interface ImportRequest {
  workspace: string;
  /** Directory of the files: the workspace, or the directory that becomes one. */
  root: string;
  files: readonly SourceFile[];
  ref: string;
  parent?: string;
  message: string;
  /** Seconds since 1970. */
  time: number;
  /** Large files of earlier commits. Unchanged ones are not read again. */
  known?: readonly LargeFile[];
}

export interface ImportedTree {
  commit: string;
  digest: string;
  largeFiles: LargeFile[];
}

/**
 * Commits files byte for byte with one git process. `git fast-import` ignores ignore files, attributes, hooks and
 * nested repositories, and accepts any name. Reads each file once, for the commit and the digest.
 */
export async function importTree(request: ImportRequest): Promise<ImportedTree> {
  const git = startGit(request.workspace, ['fast-import', '--quiet', '--force', '--done', '--date-format=raw']);
  // If git exits early, its output explains the error better than the broken pipe.
  git.stdin.on('error', () => {});
  git.catch(() => {});
  await write(git.stdin, Buffer.from(commitHeader(request)));
  const imported = await mapBounded(request.files, (file) => importFile(git.stdin, request, file)).catch((error) => {
    git.kill('SIGKILL');
    throw error;
  });
  git.stdin.end('\nget-mark :1\ndone\n');
  const { stdout } = await git.catch((error) => {
    throw describeGitFailure(error);
  });
  return {
    commit: stdout.trim(),
    digest: await combineDigests(imported.map(({ description }) => description)),
    largeFiles: imported.flatMap(({ largeFile }) => largeFile ?? []),
  };
}

function commitHeader({ ref, parent, message, time }: ImportRequest): string {
  const lines = [
    `commit ${ref}`,
    'mark :1',
    `committer Berth <berth@localhost> ${time} +0000`,
    `data ${Buffer.byteLength(message)}`,
    message,
  ];
  return `${[...lines, ...(parent === undefined ? [] : [`from ${parent}`]), 'deleteall'].join('\n')}\n`;
}

async function importFile(stdin: Writable, request: ImportRequest, file: SourceFile) {
  const largeFile = isLarge(file) ? await describeLargeFile(request, file) : undefined;
  const content =
    largeFile === undefined ? await readContent(request.root, file) : Buffer.from(buildPointer(largeFile));
  const header = `M ${getGitMode(file)} inline ${quote(file.path)}\ndata ${content.length}\n`;
  await write(stdin, Buffer.concat([Buffer.from(header), content, Buffer.from('\n')]));
  return { description: describeFile(file, largeFile?.sha256 ?? (await digestBytes(content))), largeFile };
}

async function describeLargeFile({ root, known = [] }: ImportRequest, file: SourceFile): Promise<LargeFile> {
  const path = join(root, file.path);
  const { size: bytes, mtimeMs: modified } = await stat(path);
  const unchanged = known.find(
    (other) => other.path === file.path && other.bytes === bytes && other.modified === modified,
  );
  return unchanged ?? { path: file.path, bytes, modified, sha256: await digestLargeFile(path) };
}

const buildPointer = ({ bytes, sha256 }: LargeFile): string => `too large for git\nsha256 ${sha256}\nbytes ${bytes}\n`;

const quote = (path: string): string =>
  `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** Resolves when git has accepted the block or has exited. */
const write = (stdin: Writable, block: Buffer): Promise<void> =>
  new Promise((resolve) => void stdin.write(block, () => resolve()));

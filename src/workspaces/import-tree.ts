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

/** A file too large for git. The commit holds a few lines that name its digest; the content stays in the workspace. */
export interface LargeFile {
  path: string;
  bytes: number;
  /** Milliseconds since 1970; with `bytes` it says whether the content is still the one that was digested. */
  modified: number;
  sha256: string;
}

export interface ImportRequest {
  workspace: string;
  /** Where the files are: the workspace, or what becomes one. */
  root: string;
  files: readonly SourceFile[];
  ref: string;
  parent?: string;
  message: string;
  /** Seconds since 1970. */
  time: number;
  /** Large files of earlier commits: what is unchanged is not read again. */
  known?: readonly LargeFile[];
}

export interface ImportedTree {
  commit: string;
  digest: string;
  largeFiles: LargeFile[];
}

/**
 * Commits files exactly as they are, with one git process: `git fast-import` knows no ignore files, attributes, hooks or
 * nested repositories, and takes any name. Each file is read once, for the commit and for the digest.
 */
export async function importTree(request: ImportRequest): Promise<ImportedTree> {
  const git = startGit(request.workspace, ['fast-import', '--quiet', '--force', '--done', '--date-format=raw']);
  // A git that dies early closes its input: what it said on the way out is the error, not the broken pipe.
  git.stdin.on('error', () => {});
  git.catch(() => {});
  await write(git.stdin, Buffer.from(commitHeader(request)));
  const parts = await mapBounded(request.files, (file) => importFile(git.stdin, request, file)).catch((error) => {
    git.kill('SIGKILL');
    throw error;
  });
  git.stdin.end('\nget-mark :1\ndone\n');
  const { stdout } = await git.catch((error) => {
    throw describeGitFailure(error);
  });
  const kept = parts.flatMap((part) => part.kept ?? []);
  return {
    commit: stdout.trim(),
    digest: await combineDigests(parts.map((part) => part.description)),
    largeFiles: kept,
  };
}

function commitHeader({ ref, parent, message, time }: ImportRequest): string {
  const text = Buffer.byteLength(message);
  const lines = [
    `commit ${ref}`,
    'mark :1',
    `committer Berth <berth@localhost> ${time} +0000`,
    `data ${text}`,
    message,
  ];
  return `${[...lines, ...(parent === undefined ? [] : [`from ${parent}`]), 'deleteall'].join('\n')}\n`;
}

async function importFile(stdin: Writable, request: ImportRequest, file: SourceFile) {
  const kept = isLarge(file) ? await describeLargeFile(request, file) : undefined;
  const content = kept === undefined ? await readContent(request.root, file) : Buffer.from(buildPointer(kept));
  const header = `M ${getGitMode(file)} inline ${quote(file.path)}\ndata ${content.length}\n`;
  await write(stdin, Buffer.concat([Buffer.from(header), content, Buffer.from('\n')]));
  return { description: describeFile(file, kept?.sha256 ?? (await digestBytes(content))), kept };
}

async function describeLargeFile({ root, known = [] }: ImportRequest, file: SourceFile): Promise<LargeFile> {
  const path = join(root, file.path);
  const { size: bytes, mtimeMs: modified } = await stat(path);
  const same = known.find((kept) => kept.path === file.path && kept.bytes === bytes && kept.modified === modified);
  return same ?? { path: file.path, bytes, modified, sha256: await digestLargeFile(path) };
}

const buildPointer = ({ bytes, sha256 }: LargeFile): string => `too large for git\nsha256 ${sha256}\nbytes ${bytes}\n`;

const quote = (path: string): string =>
  `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** Resolves when git has taken the block, or has ended. */
const write = (stdin: Writable, block: Buffer): Promise<void> =>
  new Promise((resolve) => void stdin.write(block, () => resolve()));

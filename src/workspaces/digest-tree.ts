import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TimeSlicer } from '../parsing/time-slicing.js';
import { createUnreadableError, listSourceFiles, type SourceFile } from './list-source-files.js';
import { mapBounded } from './map-bounded.js';

/** Size above which a file is streamed and not stored in git. */
export const largeFileBytes = 16 * 1024 * 1024;

export const isLarge = (file: SourceFile): boolean => file.kind === 'file' && file.bytes > largeFileBytes;

/**
 * Returns the SHA-256 (hex) of path, kind, executable bit and content of all files of the solution, in sorted order. The
 * source, its copy and a revision exported from it have the same digest. Times, owners and ignored files do not count.
 *
 * @throws SOURCE_NOT_FOUND, SOURCE_UNSAFE when a file cannot be read, or a link leaves the tree.
 */
export async function digestTree(path: string): Promise<string> {
  const files = await listSourceFiles(path);
  return digestFiles(path, files).catch((error) => {
    throw createUnreadableError(error.path ?? path, error);
  });
}

export async function digestFiles(root: string, files: readonly SourceFile[]): Promise<string> {
  const digests = await mapBounded(files, async (file) => describeFile(file, await digestContent(root, file)));
  return await combineDigests(digests);
}

/** Describes one file for the digest of its tree. */
export const describeFile = (file: SourceFile, contentDigest: string): string =>
  `${getGitMode(file)} ${contentDigest} ${file.path}\0`;

export async function combineDigests(descriptions: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const slicer = new TimeSlicer();
  for (const description of descriptions) {
    hash.update(description);
    await slicer.yieldIfDue();
  }
  return hash.digest('hex');
}

/** Returns the mode that git records: link, executable or plain. Other permission bits depend on the machine. */
export function getGitMode(file: SourceFile): '120000' | '100755' | '100644' {
  if (file.kind === 'link') return '120000';
  return (file.mode & 0o100) === 0 ? '100644' : '100755';
}

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Bytes to hash in one slice, which takes a few milliseconds. */
const hashBlockBytes = 1024 * 1024;

/** Computes `sha256` in slices. */
export async function digestBytes(content: Buffer): Promise<string> {
  if (content.length <= hashBlockBytes) return sha256(content);
  const hash = createHash('sha256');
  const slicer = new TimeSlicer();
  for (let start = 0; start < content.length; start += hashBlockBytes) {
    hash.update(content.subarray(start, start + hashBlockBytes));
    await slicer.yieldIfDue();
  }
  return hash.digest('hex');
}

export async function digestContent(root: string, file: SourceFile): Promise<string> {
  return isLarge(file) ? digestLargeFile(join(root, file.path)) : digestBytes(await readContent(root, file));
}

export async function digestLargeFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

/** Reads the content that git stores for a file. The content of a link is its target. */
export const readContent = async (root: string, file: SourceFile): Promise<Buffer> =>
  file.target === undefined ? readFile(join(root, file.path)) : Buffer.from(file.target);

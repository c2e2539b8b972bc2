import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TimeSlicer } from '../parsing/time-slicing.js';
import { createUnreadableError, listSourceFiles, type SourceFile } from './list-source-files.js';
import { mapBounded } from './map-bounded.js';

/** Files from this size on are streamed, and kept out of git. */
export const largeFileBytes = 16 * 1024 * 1024;

export const isLarge = (file: SourceFile): boolean => file.kind === 'file' && file.bytes > largeFileBytes;

/**
 * SHA-256 (hex) over path, kind, executable bit and content of every file that belongs to the solution, in sorted order.
 * The same for the source, its copy and the revision made of it; times, owners and ignored files have no part in it.
 *
 * Throws SOURCE_NOT_FOUND for what cannot be read, SOURCE_UNSAFE for a link that leaves the tree.
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

/** One file's part in the digest of its tree. */
export const describeFile = (file: SourceFile, contentDigest: string): string =>
  `${getGitMode(file)} ${contentDigest} ${file.path}\0`;

export async function combineDigests(descriptions: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const turns = new TimeSlicer();
  for (const description of descriptions) {
    hash.update(description);
    await turns.yieldIfDue();
  }
  return hash.digest('hex');
}

/** As git sees a file: a link, executable or plain. All other permission bits depend on the machine. */
export function getGitMode(file: SourceFile): '120000' | '100755' | '100644' {
  if (file.kind === 'link') return '120000';
  return (file.mode & 0o100) === 0 ? '100644' : '100755';
}

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Bytes that are hashed at once: a few milliseconds. */
const hashBlockBytes = 1024 * 1024;

/** SHA-256 in hex, as `sha256` gives it, in turns. */
export async function digestBytes(content: Buffer): Promise<string> {
  if (content.length <= hashBlockBytes) return sha256(content);
  const hash = createHash('sha256');
  const turns = new TimeSlicer();
  for (let start = 0; start < content.length; start += hashBlockBytes) {
    hash.update(content.subarray(start, start + hashBlockBytes));
    await turns.yieldIfDue();
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

/** What git stores of a file: a link's content is its target. */
export const readContent = async (root: string, file: SourceFile): Promise<Buffer> =>
  file.target === undefined ? readFile(join(root, file.path)) : Buffer.from(file.target);

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from '../home/durable-file.js';

/** Digest of texts that keeps them apart: `['ab', 'c']` is not `['a', 'bc']`. */
export const digestTexts = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);

/** A record of ours; undefined when there is none, or none that can be read (then it is made again). */
export async function readRecord<T>(path: string): Promise<T | undefined> {
  try {
    // Only writeRecord writes these files, in one rename.
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Whole or not at all; readable by the user alone, for addresses of private indexes may stand in it. */
export async function writeRecord<T>(path: string, record: T): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeDurably(path, JSON.stringify(record));
}

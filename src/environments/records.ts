import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from '../home/durable-file.js';

/** Digests a list of texts; `['ab', 'c']` and `['a', 'bc']` differ. */
export const digestTexts = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);

/** Reads a record; returns undefined when it is missing or unreadable, so that the caller creates it again. */
export async function readRecord<T>(path: string): Promise<T | undefined> {
  try {
    // Only writeRecord writes these files, atomically.
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Writes a record atomically, readable only by the user, because it may contain URLs of private indexes. */
export async function writeRecord<T>(path: string, record: T): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeDurably(path, JSON.stringify(record));
}

import { readFileSync } from 'node:fs';
import { writeDurablySync } from '../home/durable-file.js';

/** A small JSON file of Berth's own; null when there is none. `writeRecord` is what wrote it, so its shape is known. */
export function readRecord<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

/** Whole or not at all, whatever happens meanwhile. */
export function writeRecord(path: string, record: object): void {
  writeDurablySync(path, `${JSON.stringify(record, null, 2)}\n`);
}

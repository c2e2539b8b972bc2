import { readFileSync } from 'node:fs';
import { writeDurablySync } from '../home/durable-file.js';

/** Reads a small JSON file that `writeRecord` wrote, so its shape is known; null without one. */
export function readRecord<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

/** Writes a record atomically and durably. */
export function writeRecord(path: string, record: object): void {
  writeDurablySync(path, `${JSON.stringify(record, null, 2)}\n`);
}

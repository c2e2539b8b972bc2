import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { toDiskError } from '../errors.js';

// How every state file is written: beside its place, forced to the disk, renamed. So a reader sees the old text or the
// new one, whole, and so does whoever comes after a crash, a power cut or a full disk. For this user's eyes only.

export async function writeDurably(path: string, text: string): Promise<void> {
  const partial = createPartialPath(path);
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw toDiskError(error, path) ?? error;
  }
}

export function writeDurablySync(path: string, text: string): void {
  const partial = createPartialPath(path);
  try {
    const file = openSync(partial, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    removeQuietly(partial);
    throw toDiskError(error, path) ?? error;
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What kept it from being written keeps it from being removed.
  }
}

/** Writers of the same file do not meet. */
const createPartialPath = (path: string): string => `${path}.${process.pid}-${randomBytes(3).toString('hex')}.partial`;

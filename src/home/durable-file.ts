import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { toDiskError } from '../errors.js';

/**
 * Writes a state file atomically: to a temporary file next to it, synced to the disk, then renamed. A reader sees the
 * complete old or the complete new text, also after a crash, a power failure or a full disk. Only this user can read
 * it.
 *
 * @throws DISK_FULL, HOME_UNUSABLE when the disk refuses the write.
 */
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

/** Synchronous `writeDurably`. */
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
    // The cause of the failed write may also prevent the removal.
  }
}

/** Returns a temporary path that no other writer of the same file uses. */
const createPartialPath = (path: string): string => `${path}.${process.pid}-${randomBytes(3).toString('hex')}.partial`;

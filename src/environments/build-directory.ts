import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createScratchDirectory } from './create-scratch-directory.js';

export interface DirectoryBuild {
  /** Path of the finished directory. */
  directory: string;
  /** Returns true if an existing directory is usable without changes. */
  isComplete: () => Promise<boolean>;
  /** Fills an empty directory. Its content must be relocatable, because the directory moves afterwards. */
  build: (building: string) => Promise<void>;
}

/**
 * Creates a directory atomically: fills a sibling and renames it. If two processes do so concurrently, the first one
 * wins and the second one uses its result.
 */
export async function buildDirectory({ directory, isComplete, build }: DirectoryBuild): Promise<void> {
  const building = await createScratchDirectory(dirname(directory), basename(directory));
  try {
    await build(building);
    await moveToTarget(building, directory, isComplete);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function moveToTarget(building: string, directory: string, isComplete: () => Promise<boolean>): Promise<void> {
  try {
    await rename(building, directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (await isComplete()) return;
    await rm(directory, { recursive: true, force: true });
    await moveToTarget(building, directory, isComplete);
  }
}

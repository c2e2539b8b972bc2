import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createScratchDirectory } from './create-scratch-directory.js';

export interface DirectoryBuild {
  /** Where the finished directory must lie. */
  directory: string;
  /** True when what lies there already can be used as it is. */
  isComplete: () => Promise<boolean>;
  /** Fills an empty directory. What it leaves must not know its own path: it is moved afterwards. */
  build: (building: string) => Promise<void>;
}

/**
 * Makes a directory that either exists in full or not at all: it is filled beside its place and renamed. Of two
 * processes that do so at once, the first wins and the second takes its result.
 */
export async function buildDirectory({ directory, isComplete, build }: DirectoryBuild): Promise<void> {
  const building = await createScratchDirectory(dirname(directory), basename(directory));
  try {
    await build(building);
    await putInPlace(building, directory, isComplete);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function putInPlace(building: string, directory: string, isComplete: () => Promise<boolean>): Promise<void> {
  try {
    await rename(building, directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (await isComplete()) return;
    await rm(directory, { recursive: true, force: true });
    await putInPlace(building, directory, isComplete);
  }
}

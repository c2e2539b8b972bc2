import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { BerthError } from '../errors.js';

/**
 * Writes a recipe's files into the workspace. Never overwrites a file (one with the same content is from an earlier run)
 * and never follows a link out of the workspace.
 *
 * @throws ADAPTATION_FAILED naming the path
 */
export async function writeRecipeFiles(workspace: string, files: Record<string, string>): Promise<void> {
  const root = await realpath(workspace);
  for (const [path, content] of Object.entries(files)) await writeInside(root, path, content);
}

async function writeInside(root: string, path: string, content: string): Promise<void> {
  const target = join(root, path);
  if (isAbsolute(path) || !isInside(root, target)) throw refusedFileError(path, 'is outside the workspace');
  await assertInsideWorkspace(root, path);
  await mkdir(dirname(target), { recursive: true });
  try {
    await writeFile(target, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const existing = await readFile(target, 'utf8').catch(() => undefined);
    if (existing !== content) throw refusedFileError(path, 'already exists with different content');
  }
}

/** Checks each directory on the path before any is created: a link among them may lead anywhere. */
async function assertInsideWorkspace(root: string, path: string): Promise<void> {
  const parents = dirname(path).split(/[\\/]/);
  for (let depth = 1; depth <= parents.length; depth++) {
    const parent = join(root, ...parents.slice(0, depth));
    const real = await realpath(parent).catch(() => undefined);
    if (real !== undefined && real !== root && !isInside(root, real))
      throw refusedFileError(path, 'leaves the workspace through a link');
  }
}

function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

const refusedFileError = (path: string, reason: string): BerthError =>
  new BerthError('ADAPTATION_FAILED', `the recipe’s file ${path} ${reason}`, { file: path });

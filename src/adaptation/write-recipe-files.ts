import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { BerthError } from '../errors.js';

/**
 * Writes a recipe's files into the workspace. Nothing that is there is overwritten (the same content is a second run),
 * and no link leads outside. Throws ADAPTATION_FAILED naming the path.
 */
export async function writeRecipeFiles(workspace: string, files: Record<string, string>): Promise<void> {
  const root = await realpath(workspace);
  for (const [path, content] of Object.entries(files)) await writeInside(root, path, content);
}

async function writeInside(root: string, path: string, content: string): Promise<void> {
  const target = join(root, path);
  if (isAbsolute(path) || !isInside(root, target)) throw refusedFileError(path, 'lies outside the workspace');
  await assertInsideWorkspace(root, path);
  await mkdir(dirname(target), { recursive: true });
  try {
    await writeFile(target, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const existing = await readFile(target, 'utf8').catch(() => undefined);
    if (existing !== content) throw refusedFileError(path, 'exists already, with other content');
  }
}

/** Looks at each directory on the way before anything is made: a link in the middle may lead anywhere. */
async function assertInsideWorkspace(root: string, path: string): Promise<void> {
  const parents = dirname(path).split(/[\\/]/);
  for (let depth = 1; depth <= parents.length; depth++) {
    const parent = join(root, ...parents.slice(0, depth));
    const real = await realpath(parent).catch(() => undefined);
    if (real !== undefined && real !== root && !isInside(root, real))
      throw refusedFileError(path, 'leads out of the workspace by a link');
  }
}

function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

const refusedFileError = (path: string, reason: string): BerthError =>
  new BerthError('ADAPTATION_FAILED', `the recipe’s file ${path} ${reason}`, { file: path });

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MissingFinder } from './failure-context.js';
import { listPaths } from './find-ignored-files.js';

/** Maximum number of code directories that are searched. */
const maxDirectories = 20;

/**
 * Finds files that the code expects in its working directory, the root of the repository, but that are next to the
 * code.
 */
export const findFilesNextToCode: MissingFinder = async (text, { source, code }) => {
  if (!/no such file|not found|does not exist/i.test(text)) return [];
  const directories = listDirectories(text);
  for (const path of listPaths(text, code)) {
    if (path.endsWith('.py') || (await isFile(join(code, path)))) continue;
    for (const directory of directories) {
      if (!(await isFile(join(code, directory, path)))) continue;
      return [
        `${path} is in ${directory}, but code runs in the root of the deployed directory: deploy ${join(source, directory)}, or open the file relative to __file__`,
      ];
    }
  }
  return [];
};

/** Lists the directories of the repository's files in a traceback and their parents, without the root. */
function listDirectories(text: string): string[] {
  const files = [...text.matchAll(/File "([^"/<][^"<]*\.py)"/g)].map(([, file = '']) => file);
  const listParents = (file: string): string[] => {
    const directory = dirname(file);
    return directory === '.' ? [] : [directory, ...listParents(directory)];
  };
  return [...new Set(files.flatMap(listParents))].slice(0, maxDirectories);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MissingFinder } from './failure-context.js';
import { listPaths } from './find-ignored-files.js';

/** Directories of code that are looked into. */
const maxDirectories = 20;

/** Files that the code looks for at the top of the repository, where it runs, and that lie beside the code itself. */
export const findFilesBesideCode: MissingFinder = async (text, { source, code }) => {
  if (!/no such file|not found|does not exist/i.test(text)) return [];
  const directories = listDirectories(text);
  for (const path of listPaths(text, code)) {
    if (path.endsWith('.py') || (await isFile(join(code, path)))) continue;
    for (const directory of directories) {
      if (!(await isFile(join(code, directory, path)))) continue;
      const place = join(source, directory);
      return [
        `${path} is in ${directory}, and code runs at the top of what is deployed: deploy ${place}, or open it relative to __file__`,
      ];
    }
  }
  return [];
};

/** Those of the repository's files in a traceback, and the ones above them; not its top. */
function listDirectories(text: string): string[] {
  const files = [...text.matchAll(/File "([^"/<][^"<]*\.py)"/g)].map(([, file = '']) => file);
  const above = (file: string): string[] => {
    const directory = dirname(file);
    return directory === '.' ? [] : [directory, ...above(directory)];
  };
  return [...new Set(files.flatMap(above))].slice(0, maxDirectories);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

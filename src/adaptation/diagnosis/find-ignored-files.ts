import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { isExcludedByDefault } from '../../workspaces/ignore-rules.js';
import type { MissingFinder } from './failure-context.js';

/** Maximum words of a failure that are examined. */
const maxWords = 400;

/** Finds files and modules named by the failure that are in the repository but not in the copy. */
export const findIgnoredFiles: MissingFinder = async (text, { source, code }) => {
  const seen = new Set<string>();
  for (const path of listPaths(text, code)) {
    if (basename(path).startsWith('.env')) continue; // findMissingVariables explains these
    if ((await exists(join(code, path))) || !(await isNonEmpty(join(source, path)))) continue;
    seen.add(await describe(path, code));
  }
  return [...seen].slice(0, 2);
};

/** Lists possible paths of the repository in a text: quoted text, and words with a slash or a dot. */
export function listPaths(text: string, code: string): string[] {
  const quoted = [...text.matchAll(/(['"`])((?:(?!\1)[^\n]){1,300})\1/g)].map(([, , content = '']) => content);
  const words = text.split(/[\s'"`(),;:[\]<>]+/).filter((word) => /[/.]/.test(word));
  const modules = [...text.matchAll(/No module named '([\w.]+)'/g)].flatMap(([, name = '']) => listModuleFiles(name));
  const paths = [...quoted, ...words, ...modules].slice(0, maxWords).map((word) => toRepositoryPath(word, code));
  return [...new Set(paths.filter((path) => path !== undefined))];
}

function listModuleFiles(module: string): string[] {
  const path = module.replaceAll('.', '/');
  const first = module.split('.')[0] ?? '';
  return ['', 'src/'].flatMap((root) => [
    `${root}${path}.py`,
    `${root}${path}`,
    `${root}${first}.py`,
    `${root}${first}`,
  ]);
}

/** Returns the path relative to the repository; undefined if it is outside or not a path. */
function toRepositoryPath(word: string, code: string): string | undefined {
  const path = normalize(isAbsolute(word) ? relative(code, word) : word).replace(/\/$/, '');
  return path === '.' || path === '' || path.startsWith('..') || isAbsolute(path) || path.includes('\0')
    ? undefined
    : path;
}

async function describe(path: string, code: string): Promise<string> {
  const excluded = path.split('/').find((part) => isExcludedByDefault(part));
  if (excluded !== undefined)
    return `${path} is in the repository, but ${excluded} is never copied: move it to another directory`;
  const top = await findOutermostIgnored(path, code);
  const rules = top === path ? [`!/${path}`] : [`!/${top}/`, `!/${top}/**`];
  const lines = rules.map((rule) => `“${rule}”`).join(' and ');
  return `${path} is in the repository, but its ignore files exclude it: add ${lines} to .berthignore, or let git track it`;
}

/** Returns the outermost directory of the path that was not copied. */
async function findOutermostIgnored(path: string, code: string): Promise<string> {
  const parent = dirname(path);
  return parent === '.' || (await exists(join(code, parent))) ? path : await findOutermostIgnored(parent, code);
}

/** Returns false for an empty directory: git does not track it and the copy omits it, regardless of ignore files. */
const isNonEmpty = async (path: string): Promise<boolean> =>
  (await exists(path)) && (await readdir(path).catch(() => ['a file'])).length > 0;

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

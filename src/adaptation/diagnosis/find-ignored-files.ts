import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { isExcludedByDefault } from '../../workspaces/ignore-rules.js';
import type { MissingFinder } from './failure-context.js';

/** Words of a failure that are looked at. */
const maxWords = 400;

/** Files that the failure names, or modules, that the repository has and the copy has not. */
export const findIgnoredFiles: MissingFinder = async (text, { source, code }) => {
  const seen = new Set<string>();
  for (const path of listPaths(text, code)) {
    if (basename(path).startsWith('.env')) continue; // its variables are what is missing
    if ((await exists(join(code, path))) || !(await isNonEmpty(join(source, path)))) continue;
    seen.add(await describe(path, code));
  }
  return [...seen].slice(0, 2);
};

/** What may be a path of the repository: quoted, or a word with a slash or an ending. */
export function listPaths(text: string, code: string): string[] {
  const quoted = [...text.matchAll(/(['"`])((?:(?!\1)[^\n]){1,300})\1/g)].map(
    ([, , toRepositoryPath = '']) => toRepositoryPath,
  );
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

/** Relative to the repository; undefined for what lies outside, or is no path. */
function toRepositoryPath(written: string, code: string): string | undefined {
  const path = normalize(isAbsolute(written) ? relative(code, written) : written).replace(/\/$/, '');
  return path === '.' || path === '' || path.startsWith('..') || isAbsolute(path) || path.includes('\0')
    ? undefined
    : path;
}

async function describe(path: string, code: string): Promise<string> {
  const excluded = path.split('/').find((part) => isExcludedByDefault(part));
  if (excluded !== undefined) return `${path} is in the repository, but ${excluded} is never copied: keep it elsewhere`;
  const top = await findOutermostIgnored(path, code);
  const rules = top === path ? [`!/${path}`] : [`!/${top}/`, `!/${top}/**`];
  const lines = rules.map((rule) => `“${rule}”`).join(' and ');
  return `${path} is in the repository, but its ignore files leave it out: write ${lines} into .berthignore, or have git track it`;
}

/** The outermost directory of the path that was not copied. */
async function findOutermostIgnored(path: string, code: string): Promise<string> {
  const parent = dirname(path);
  return parent === '.' || (await exists(join(code, parent))) ? path : await findOutermostIgnored(parent, code);
}

/** An empty directory is in no copy, and in no commit of git's: no ignore file leaves it out. */
const isNonEmpty = async (path: string): Promise<boolean> =>
  (await exists(path)) && (await readdir(path).catch(() => ['a file'])).length > 0;

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

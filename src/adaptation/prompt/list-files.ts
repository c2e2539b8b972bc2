import { extname } from 'node:path';
import { toOneLine, truncateLines } from './format-text.js';

const informativeExtensions = new Set([
  '.py',
  '.toml',
  '.cfg',
  '.txt',
  '.md',
  '.yaml',
  '.yml',
  '.ipynb',
  '.js',
  '.ts',
  '.json',
]);

/**
 * Lists the files of a repository in at most `limit` characters. If they do not fit, it lists those nearest to the root,
 * code and manifests first, and counts the rest by directory.
 */
export function listFiles(paths: readonly string[], limit: number): string {
  const all = paths.map((path) => toOneLine(path));
  if (all.join('\n').length <= limit) return all.join('\n');
  const listed = takeWhileFitting(all.toSorted(compareByRank), limit * 0.7);
  const chosen = new Set(listed);
  const rest = countByDirectory(all.filter((path) => !chosen.has(path)));
  return [...listed.sort(), 'more files by directory:', truncateLines(rest, limit * 0.25)].join('\n');
}

const compareByRank = (left: string, right: string): number => rank(left) - rank(right) || (left < right ? -1 : 1);

const rank = (path: string): number => path.split('/').length * 2 + (informativeExtensions.has(extname(path)) ? 0 : 3);

function takeWhileFitting(paths: readonly string[], limit: number): string[] {
  let used = 0;
  const end = paths.findIndex((path) => {
    used += path.length + 1;
    return used > limit;
  });
  return paths.slice(0, end);
}

function countByDirectory(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const directory = path.split('/').slice(0, -1).slice(0, 2).join('/') || '.';
    counts.set(directory, (counts.get(directory) ?? 0) + 1);
  }
  return [...counts].sort(([, left], [, right]) => right - left).map(([name, files]) => `${name}/ (${files} files)`);
}

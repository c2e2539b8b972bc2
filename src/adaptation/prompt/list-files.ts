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
 * The files of a repository in at most `room` characters: all, or those nearest to the top, code and manifests first,
 * and of the rest how many are in which directory.
 */
export function listFiles(paths: readonly string[], room: number): string {
  const all = paths.map((path) => toOneLine(path));
  if (all.join('\n').length <= room) return all.join('\n');
  const named = takeWhileFitting(all.toSorted(byInterest), room * 0.7);
  const chosen = new Set(named);
  const rest = countByDirectory(all.filter((path) => !chosen.has(path)));
  return [...named.sort(), 'and, by directory:', truncateLines(rest, room * 0.25)].join('\n');
}

const byInterest = (left: string, right: string): number => rank(left) - rank(right) || (left < right ? -1 : 1);

const rank = (path: string): number => path.split('/').length * 2 + (informativeExtensions.has(extname(path)) ? 0 : 3);

function takeWhileFitting(paths: readonly string[], room: number): string[] {
  let used = 0;
  const end = paths.findIndex((path) => {
    used += path.length + 1;
    return used > room;
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

import { readdir } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { createBrokenStrategy, readStrategy } from './read-strategy.js';
import type { BrokenStrategy, LoadedStrategy, StrategyEntry } from './strategy-entry.js';

export interface StrategySource {
  directory: string;
  origin: StrategyEntry['origin'];
  /** True for a directory that the user named, which must exist. */
  isNamed: boolean;
}

/** Lists the directories in `BERTH_STRATEGIES`, which has the format of PATH. */
export const listNamedDirectories = (list = process.env.BERTH_STRATEGIES ?? ''): string[] =>
  list
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => resolve(directory));

/**
 * Reads every strategy in the directories, in their order, then by name. If two have the same name, the later one is
 * broken, so that no strategy is replaced silently.
 */
export async function scanDirectories(sources: StrategySource[]): Promise<(LoadedStrategy | BrokenStrategy)[]> {
  const entries = (await Promise.all(sources.map(scanDirectory))).flat();
  const directories = new Map<string, string>();
  return entries.map((entry) => {
    const owner = directories.get(entry.name);
    if (owner === entry.directory) return entry;
    if (owner !== undefined) {
      return createBrokenStrategy(
        entry.directory,
        entry.origin,
        `${entry.directory}: the name ${entry.name} is taken by ${owner}`,
      );
    }
    directories.set(entry.name, entry.directory);
    return entry;
  });
}

async function scanDirectory(source: StrategySource): Promise<(LoadedStrategy | BrokenStrategy)[]> {
  const { directory, origin } = source;
  try {
    const names = (await readdir(directory, { withFileTypes: true }))
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
    const entries = await Promise.all(names.map((name) => readStrategy(join(directory, name), origin)));
    return entries.filter((entry) => entry !== undefined);
  } catch (error) {
    if (!source.isNamed && isMissing(error)) return [];
    const problem = isMissing(error) ? 'does not exist' : `cannot be read: ${String(error)}`;
    return [createBrokenStrategy(directory, origin, `${directory}: this directory of strategies ${problem}`)];
  }
}

/** Not `instanceof`: an error of Node.js may come from another realm. */
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

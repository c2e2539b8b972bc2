import { readdir } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { createBrokenStrategy, readStrategy } from './read-strategy.js';
import type { BrokenStrategy, LoadedStrategy, StrategyEntry } from './strategy-entry.js';

export interface StrategySource {
  directory: string;
  origin: StrategyEntry['origin'];
  /** A directory that somebody named must exist; the usual places need not. */
  isNamed: boolean;
}

/** The directories of `BERTH_STRATEGIES`: a list as in PATH. */
export const listNamedDirectories = (list = process.env.BERTH_STRATEGIES ?? ''): string[] =>
  list
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => resolve(directory));

/**
 * Every strategy below the directories, in their order, then by name. A name that is taken makes the later directory
 * broken: nothing replaces a strategy in silence.
 */
export async function scanDirectories(sources: StrategySource[]): Promise<(LoadedStrategy | BrokenStrategy)[]> {
  const found = (await Promise.all(sources.map(scanDirectory))).flat();
  const first = new Map<string, string>();
  return found.map((entry) => {
    const taken = first.get(entry.name);
    if (taken === entry.directory) return entry;
    if (taken !== undefined) {
      return createBrokenStrategy(
        entry.directory,
        entry.origin,
        `${entry.directory}: the name ${entry.name} is taken by ${taken}`,
      );
    }
    first.set(entry.name, entry.directory);
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
    const why = isMissing(error) ? 'does not exist' : `cannot be read: ${String(error)}`;
    return [createBrokenStrategy(directory, origin, `${directory}: is named as a directory of strategies and ${why}`)];
  }
}

/** Without `instanceof`: an error of Node's own may come from another realm. */
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

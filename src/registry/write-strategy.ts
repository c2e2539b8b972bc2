import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StrategyConfig } from '../contract/strategy-config.js';
import { BerthError } from '../errors.js';
import { exampleStrategyDirectory } from '../home/package-root.js';
import type { StrategyRegistry } from './strategy-registry.js';

export interface NewStrategy {
  name: string;
  /** Directory in which to create the strategy. Created if it does not exist. */
  parent: string;
  registry: StrategyRegistry;
}

/**
 * Creates a working strategy from the example, under a new name, and returns its directory. Atomic; overwrites nothing.
 *
 * @throws STRATEGY_NAME_INVALID, STRATEGY_NAME_TAKEN, DIRECTORY_UNUSABLE when the name or the directory cannot be used.
 */
export async function writeStrategy({ name, parent, registry }: NewStrategy): Promise<string> {
  checkName(name, registry);
  const directory = join(parent, name);
  try {
    await mkdir(parent, { recursive: true });
    const staged = await mkdtemp(join(parent, `.${name}-`));
    try {
      await writeFiles(staged, name);
      await chmod(staged, 0o755); // mkdtemp sets 0o700
      await mkdir(directory); // fails if the directory exists; the rename replaces it
      await rename(staged, directory);
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  } catch (error) {
    throw explain(error, directory);
  }
  return directory;
}

function checkName(name: string, registry: StrategyRegistry): void {
  const { success, error } = StrategyConfig.shape.name.safeParse(name);
  if (!success) {
    const rule = error.issues.map(({ message }) => message).join(', ');
    throw new BerthError('STRATEGY_NAME_INVALID', `“${name}” is not a valid strategy name: a name ${rule}`);
  }
  const existing = registry.listEntries().find((entry) => entry.name === name);
  if (existing !== undefined)
    throw new BerthError('STRATEGY_NAME_TAKEN', `strategy ${name} already exists: ${existing.directory}`);
}

async function writeFiles(directory: string, name: string): Promise<void> {
  for (const path of await readdir(exampleStrategyDirectory, { recursive: true })) {
    const [source, target] = [join(exampleStrategyDirectory, path), join(directory, path)];
    if (!(await stat(source)).isFile()) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, renameExample(await readFile(source, 'utf8'), name));
  }
}

/** Renames the strategy and its classes. Descriptions of Procfiles stay. */
const renameExample = (text: string, name: string): string =>
  text
    .replaceAll(new RegExp(`(?<=^name: |\`)${basename(exampleStrategyDirectory)}\\b`, 'gm'), name)
    .replaceAll(/Procfile(?=Runner|Handle)/g, toClassName(name));

/** Converts `my-cloud` to `MyCloud`. */
const toClassName = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

function explain(error: unknown, directory: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTEMPTY')
    return new BerthError('STRATEGY_NAME_TAKEN', `${directory} already exists`);
  if (code === undefined) return error;
  return new BerthError('DIRECTORY_UNUSABLE', `cannot write ${directory}: ${message}`, {}, { cause: error });
}

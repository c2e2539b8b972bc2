import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StrategyConfig } from '../contract/strategy-config.js';
import { BerthError } from '../errors.js';
import { exampleStrategyDirectory } from '../home/package-root.js';
import type { StrategyRegistry } from './strategy-registry.js';

export interface NewStrategy {
  name: string;
  /** Directory of strategies that it becomes one of; made when missing. */
  parent: string;
  registry: StrategyRegistry;
}

/**
 * Writes a strategy that works as it is: the example, under the new name. Whole or not at all; nothing is overwritten.
 * Throws STRATEGY_NAME_INVALID, STRATEGY_NAME_TAKEN or DIRECTORY_UNUSABLE. Returns its directory.
 */
export async function writeStrategy({ name, parent, registry }: NewStrategy): Promise<string> {
  checkName(name, registry);
  const directory = join(parent, name);
  try {
    await mkdir(parent, { recursive: true });
    const staged = await mkdtemp(join(parent, `.${name}-`));
    try {
      await writeFiles(staged, name);
      await chmod(staged, 0o755); // as any directory of files to read
      await mkdir(directory); // fails where anything is, and is replaced by what is whole
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
    throw new BerthError('STRATEGY_NAME_INVALID', `“${name}” cannot be the name of a strategy, which ${rule}`);
  }
  const taken = registry.listEntries().find((entry) => entry.name === name);
  if (taken !== undefined)
    throw new BerthError('STRATEGY_NAME_TAKEN', `there is a strategy ${name} already: ${taken.directory}`);
}

async function writeFiles(directory: string, name: string): Promise<void> {
  for (const path of await readdir(exampleStrategyDirectory, { recursive: true })) {
    const [source, target] = [join(exampleStrategyDirectory, path), join(directory, path)];
    if (!(await stat(source)).isFile()) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, renameExample(await readFile(source, 'utf8'), name));
  }
}

/** As the strategy's own name and in its classes' names; what the example says of Procfiles stays. */
const renameExample = (text: string, name: string): string =>
  text
    .replaceAll(new RegExp(`(?<=^name: |\`)${basename(exampleStrategyDirectory)}\\b`, 'gm'), name)
    .replaceAll(/Procfile(?=Runner|Handle)/g, toClassName(name));

/** `my-cloud` → `MyCloud`. */
const toClassName = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

function explain(error: unknown, directory: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTEMPTY')
    return new BerthError('STRATEGY_NAME_TAKEN', `there is something at ${directory} already`);
  if (code === undefined) return error;
  return new BerthError(
    'DIRECTORY_UNUSABLE',
    `nothing can be written at ${directory}: ${message}`,
    {},
    { cause: error },
  );
}

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readConfig } from './read-config.js';
import type { BrokenStrategy, LoadedStrategy, StrategyEntry } from './strategy-entry.js';

const requiredFiles = ['config.yaml', 'selector_instruction.md', 'adapter_instruction.md'] as const;

/**
 * Reads the strategy in a directory. Undefined if it contains none of a strategy's files; broken, with the reason, if files
 * are missing or invalid.
 */
export async function readStrategy(
  directory: string,
  origin: StrategyEntry['origin'],
): Promise<LoadedStrategy | BrokenStrategy | undefined> {
  const broken = (problem: string): BrokenStrategy => createBrokenStrategy(directory, origin, problem);
  try {
    const names = new Set(await readdir(directory));
    const missing = requiredFiles.filter((name) => !names.has(name));
    if (missing.length === requiredFiles.length) return undefined;
    if (missing.length > 0)
      return broken(`${directory}: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`);
    return await readFiles(directory, origin, names);
  } catch (error) {
    return broken(`${directory}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export const createBrokenStrategy = (
  directory: string,
  origin: StrategyEntry['origin'],
  problem: string,
): BrokenStrategy => ({ name: basename(directory), directory, origin, state: 'broken', problem, config: null });

async function readFiles(
  directory: string,
  origin: StrategyEntry['origin'],
  names: ReadonlySet<string>,
): Promise<LoadedStrategy | BrokenStrategy> {
  const broken = (problem: string): BrokenStrategy => createBrokenStrategy(directory, origin, problem);
  const paths = requiredFiles.map((name) => join(directory, name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  const [configFile = '', ...instructionFiles] = paths;
  const [configText = '', selectorInstruction = '', adapterInstruction = ''] = texts;
  const reading = await readConfig(configFile, configText);
  if ('problem' in reading) return broken(reading.problem);
  const { config } = reading;
  const name = basename(directory);
  if (config.name !== name) return broken(`${configFile}: name: is "${config.name}", but the directory is "${name}"`);
  const empty = instructionFiles.find((_, index) => texts[index + 1]?.trim() === '');
  if (empty !== undefined) return broken(`${empty}: is empty`);
  const runnerModule = findModule(directory, names, 'runner');
  return {
    name,
    directory,
    origin,
    state: runnerModule === null ? 'unavailable' : 'ready',
    problem: runnerModule === null ? 'it has no runner module yet' : null,
    config,
    selectorInstruction,
    adapterInstruction,
    runnerModule,
    recipesModule: findModule(directory, names, 'recipes'),
    needsModule: findModule(directory, names, 'needs'),
    baseModule: findModule(directory, names, 'base'),
    conformanceModule: findModule(directory, names, 'conformance'),
    conformanceSolution: names.has('conformance') ? join(directory, 'conformance') : null,
  };
}

function findModule(directory: string, names: ReadonlySet<string>, module: string): string | null {
  const file = [`${module}.ts`, `${module}.js`].find((name) => names.has(name));
  return file === undefined ? null : join(directory, file);
}

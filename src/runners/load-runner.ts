import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BerthError } from '../errors.js';
import { builtInStrategiesDirectory, isRunningFromSource, packageRoot } from '../home/package-root.js';
import type { RunnerClass } from './runner.js';

/** Reference to a runner class. */
export interface RunnerReference {
  /**
   * Path of the runner module; for a built-in strategy, relative to the strategies' directory and without extension.
   */
  module: string;
  className: string;
}

/**
 * Loads the runner class of a strategy.
 *
 * @throws STRATEGY_BROKEN when the module does not load or does not export the class.
 */
export async function loadRunnerClass({ module, className }: RunnerReference): Promise<RunnerClass> {
  const { [className]: exported } = await loadModule(module);
  if (typeof exported !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no class called ${className}`);
  return exported as RunnerClass; // the type of a plugin's class cannot be checked at run time
}

/**
 * Loads a module.
 *
 * @throws STRATEGY_BROKEN when the module does not load.
 */
export async function loadModule(module: string): Promise<Record<string, unknown>> {
  const path = resolveModulePath(module);
  try {
    return isBuiltIn(path) ? await import(pathToFileURL(path).href) : await loadPlugin(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${path} does not load: ${message}`, {}, { cause: error });
  }
}

/**
 * Returns the name of a module for records. Relative for a built-in one, because the next version may have another
 * path.
 */
export const toModuleName = (path: string): string =>
  isBuiltIn(path) ? relative(builtInStrategiesDirectory, path).slice(0, -extname(path).length) : path;

const resolveModulePath = (module: string): string =>
  isAbsolute(module) ? module : join(builtInStrategiesDirectory, `${module}${isRunningFromSource ? '.ts' : '.js'}`);

const isBuiltIn = (path: string): boolean => path.startsWith(builtInStrategiesDirectory + sep);

/**
 * Package exports that plugins may import. Loaded by path, because by name they would be a second copy of each class.
 */
const packageExports = { berth: 'index', 'berth/strategy': 'strategy' };

/** Loads a user's TypeScript or JavaScript module. Loads it again if it has changed. */
async function loadPlugin(module: string): Promise<Record<string, unknown>> {
  const [{ createJiti }, ...loaded] = await Promise.all([
    import('jiti'),
    ...Object.values(packageExports).map(importPackageFile),
  ]);
  const virtualModules = Object.fromEntries(Object.keys(packageExports).map((name, index) => [name, loaded[index]]));
  const jiti = createJiti(import.meta.url, { virtualModules, fsCache: false, moduleCache: false });
  return jiti.import(module);
}

const importPackageFile = (file: string): Promise<Record<string, unknown>> => {
  const path = isRunningFromSource ? join('src', `${file}.ts`) : join('dist', 'src', `${file}.js`);
  return import(pathToFileURL(join(packageRoot, path)).href);
};

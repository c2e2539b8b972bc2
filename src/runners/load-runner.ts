import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BerthError } from '../errors.js';
import { builtInStrategiesDirectory, isRunningFromSource, packageRoot } from '../home/package-root.js';
import type { RunnerClass } from './runner.js';

/** Where a runner's class is to be found. */
export interface RunnerReference {
  /** Path of the strategy's runner module; of a built-in one its place among them, without the ending. */
  module: string;
  className: string;
}

/** The class that a strategy's `runner_class` names. STRATEGY_BROKEN when its module does not load or lacks it. */
export async function loadRunnerClass({ module, className }: RunnerReference): Promise<RunnerClass> {
  const loaded = await loadModule(module);
  const found = loaded[className];
  if (typeof found !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no class called ${className}`);
  return found as RunnerClass; // what it can do shows when it is used: a plugin's class has no run-time type
}

export async function loadModule(module: string): Promise<Record<string, unknown>> {
  const path = resolveModulePath(module);
  try {
    return isBuiltIn(path) ? await import(pathToFileURL(path).href) : await loadPlugin(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${path} does not load: ${message}`, {}, { cause: error });
  }
}

/** As records name it: one of Berth's own by its place among the strategies, since the next version may lie elsewhere. */
export const toModuleName = (path: string): string =>
  isBuiltIn(path) ? relative(builtInStrategiesDirectory, path).slice(0, -extname(path).length) : path;

const resolveModulePath = (module: string): string =>
  isAbsolute(module) ? module : join(builtInStrategiesDirectory, `${module}${isRunningFromSource ? '.ts' : '.js'}`);

const isBuiltIn = (path: string): boolean => path.startsWith(builtInStrategiesDirectory + sep);

/** What a plugin imports of this package, by its path: by name it would be a second copy, with other classes. */
const packageExports = { berth: 'index', 'berth/strategy': 'strategy' };

/** A user's module, TypeScript or JavaScript, as it is now: one that was changed is loaded anew. */
async function loadPlugin(module: string): Promise<Record<string, unknown>> {
  const [{ createJiti }, ...loaded] = await Promise.all([
    import('jiti'),
    ...Object.values(packageExports).map(importPackageFile),
  ]);
  const virtualModules = Object.fromEntries(Object.keys(packageExports).map((name, index) => [name, loaded[index]]));
  const jiti = createJiti(import.meta.url, { virtualModules, fsCache: false, moduleCache: false });
  return jiti.import(module);
}

const importPackageFile = (file: string): Promise<Record<string, unknown>> =>
  import(
    pathToFileURL(join(packageRoot, ...(isRunningFromSource ? ['src', `${file}.ts`] : ['dist', 'src', `${file}.js`])))
      .href
  );

import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BerthError } from '../errors.js';
import { builtInStrategies, isSource, packageRoot } from '../package-root.js';
import type { RunnerReference } from './active-revision.js';
import type { RunnerClass } from './runner.js';

/** The class that a strategy's `runner_class` names. STRATEGY_BROKEN when its module does not load or lacks it. */
export async function loadRunnerClass({ module, className }: RunnerReference): Promise<RunnerClass> {
  const loaded = await loadModule(module);
  const found = loaded[className];
  if (typeof found !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no class called ${className}`);
  return found as RunnerClass; // what it can do shows when it is used: a plugin's class has no run-time type
}

export async function loadModule(module: string): Promise<Record<string, unknown>> {
  try {
    return module.startsWith(builtInStrategies + sep)
      ? await import(pathToFileURL(module).href)
      : await loadPlugin(module);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${module} does not load: ${message}`, {}, { cause: error });
  }
}

/** The library's entry, by its path: imported by name it would import this file, and bundled it would be a second copy. */
const library = pathToFileURL(
  join(packageRoot, ...(isSource ? ['src', 'index.ts'] : ['dist', 'src', 'index.js'])),
).href;

/** A user's module, TypeScript or JavaScript. `berth` in it is this very library, so that its classes are the same. */
async function loadPlugin(module: string): Promise<Record<string, unknown>> {
  const [{ createJiti }, berth] = await Promise.all([import('jiti'), import(library)]);
  const jiti = createJiti(import.meta.url, { virtualModules: { berth }, fsCache: false });
  return jiti.import(module);
}

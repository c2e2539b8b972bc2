import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackageRoot(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('Berth’s package.json is missing: reinstall the package');
  return findPackageRoot(parent);
}

const modulePath = fileURLToPath(import.meta.url);

/** Directory of Berth's package.json: the checkout or the installed package. */
export const packageRoot = findPackageRoot(dirname(modulePath));

/** True if this code runs from the TypeScript sources (tests), false if it runs from `dist/`. */
export const isRunningFromSource = modulePath.endsWith('.ts');

/** Directory of the built-in strategies, with modules that this process can import. */
export const builtInStrategiesDirectory = join(packageRoot, isRunningFromSource ? 'strategies' : 'dist/strategies');

/** Programs that serve solutions, which run without a build. */
export const hostsDirectory = join(packageRoot, 'hosts');

/** Working example strategy, the template of a new one. */
export const exampleStrategyDirectory = join(packageRoot, 'examples', 'strategies', 'procfile');

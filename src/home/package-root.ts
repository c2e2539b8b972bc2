import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackageRoot(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('Berth’s own package.json is missing: reinstall the package');
  return findPackageRoot(parent);
}

const here = fileURLToPath(import.meta.url);

/** Directory of Berth's own package.json: the checkout, or the installed package. */
export const packageRoot = findPackageRoot(dirname(here));

/** True when this code runs from the TypeScript sources (tests), false when it runs from `dist/`. */
export const isRunningFromSource = here.endsWith('.ts');

/** Where the built-in strategies lie, with modules that this process can import. */
export const builtInStrategiesDirectory = join(
  packageRoot,
  ...(isRunningFromSource ? ['strategies'] : ['dist', 'strategies']),
);

/** Programs that serve solutions; Python, no build. */
export const hostsDirectory = join(packageRoot, 'hosts');

/** A strategy that works as it is, of which a new one is made. */
export const exampleStrategyDirectory = join(packageRoot, 'examples', 'strategies', 'procfile');

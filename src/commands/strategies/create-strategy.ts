import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { berthHome } from '../../home/home.js';
import { packageRoot } from '../../home/package-root.js';
import { StrategyRegistry, writeStrategy } from '../../registry/index.js';
import type { Output } from '../output.js';

/** Creates a working strategy from the template and prints the next commands. */
export async function createStrategy(name: string, directory: string | undefined, output: Output): Promise<void> {
  const home = berthHome();
  const registry = await StrategyRegistry.scan({ home });
  const parent = directory === undefined ? home.strategies : resolve(directory);
  const written = await writeStrategy({ name, parent, registry });
  const files = (await readdir(written)).sort();
  const isFound = await isKnownStrategy(name);
  await output.result({ name, directory: written, files, isFound }, (colors) =>
    [
      `created ${colors.bold(name)} in ${written}`,
      ...files.map((file) => `  ${file}`),
      ...(isFound ? [] : [`make it available:  export BERTH_STRATEGIES=${dirname(written)}`]),
      `test it:            berth strategies test ${isFound ? name : written}`,
      `deploy with it:     berth deploy ${join(written, 'conformance')} --name ${name}-deeds --strategy ${name}`,
      `guide:              ${join(packageRoot, 'docs', 'adding-a-strategy.md')}`,
    ].join('\n'),
  );
}

const isKnownStrategy = async (name: string): Promise<boolean> =>
  (await StrategyRegistry.scan()).listEntries().some((entry) => entry.name === name);

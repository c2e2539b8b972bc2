import { stringify } from 'yaml';
import { StrategyRegistry } from '../../registry/index.js';
import type { Output } from '../output.js';
import { paintReadiness } from './list-strategies.js';

export async function showStrategy(name: string, output: Output): Promise<void> {
  const registry = await StrategyRegistry.scan();
  const entry = await registry.checkAvailability(registry.getEntry(name));
  const instruction = registry.getSelectorInstruction(name);
  await output.result({ ...entry, selectorInstruction: instruction }, (colors) =>
    [
      `${colors.bold(name)} is ${paintReadiness(entry, colors)(entry.state)}${entry.problem === null ? '' : `: ${entry.problem}`}`,
      colors.dim(entry.directory),
      '',
      stringify(entry.config).trimEnd(),
      '',
      instruction.trimEnd(),
    ].join('\n'),
  );
}

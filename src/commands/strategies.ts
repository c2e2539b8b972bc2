import { BerthError } from '../errors.js';
import type { StrategyEntry } from '../registry/index.js';
import { listProviders } from '../registry/providers.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import type { Output } from './output.js';
import { type Cell, renderTable } from './table.js';

export const strategies = defineCommand({
  name: 'strategies',
  summary: 'list the strategies, or show one',
  arguments: {
    action: { label: 'list|show', isRequired: false, summary: 'list when left out' },
    strategy: { label: 'STRATEGY', isRequired: false, summary: 'the one to show' },
  },
  options: {},
  examples: ['berth strategies', 'berth strategies show local'],
  async run({ arguments: { action = 'list', strategy }, output }) {
    const isList = action === 'list' && strategy === undefined;
    const isShow = action === 'show' && strategy !== undefined;
    if (!isList && !isShow) throw new BerthError('USAGE', 'give nothing, list, or show STRATEGY');
    return isShow ? await showStrategy(strategy, output) : await listStrategies(output);
  },
});

async function listStrategies(output: Output): Promise<void> {
  const { StrategyRegistry } = await import('../registry/index.js');
  const entries = (await StrategyRegistry.scan()).describeAll();
  await output.result(entries, (colors) => renderStrategies(entries, colors));
}

async function showStrategy(name: string, output: Output): Promise<void> {
  const { StrategyRegistry } = await import('../registry/index.js');
  const registry = await StrategyRegistry.scan();
  const entry = registry.getEntry(name);
  const instruction = registry.getSelectorInstruction(name);
  const { stringify } = await import('yaml');
  await output.result({ ...entry, selectorInstruction: instruction }, (colors) =>
    [
      `${colors.bold(name)} is ${paintReadiness(entry, colors)(entry.state)}${entry.problem === null ? '' : `: ${entry.problem}`}`,
      colors.dim(entry.directory),
      ...['', stringify(entry.config).trimEnd()],
      ...['', instruction.trimEnd()],
    ].join('\n'),
  );
}

export function renderStrategies(entries: StrategyEntry[], colors: Colors): string {
  const heading: Cell[] = ['STRATEGY', 'STATE', 'FROM', 'INTERFACE', 'RUNS ON', ''].map((text) => ({
    text,
    paint: colors.dim,
  }));
  const rows = entries.map((entry): Cell[] => [
    { text: entry.name, paint: colors.bold },
    { text: entry.state, paint: paintReadiness(entry, colors) },
    { text: entry.origin },
    { text: entry.config?.interface ?? '-' },
    { text: entry.config === null ? '-' : listProviders(entry.config).join(', ') },
    { text: entry.problem?.replaceAll('\n', '; ') ?? '' },
  ]);
  return renderTable([heading, ...rows]);
}

const paintReadiness = ({ state }: StrategyEntry, colors: Colors): ((text: string) => string) =>
  ({ ready: colors.green, unavailable: colors.yellow, broken: colors.red })[state];

import { listProviders, type StrategyEntry, StrategyRegistry } from '../../registry/index.js';
import type { Colors } from '../colors.js';
import type { Output } from '../output.js';
import { type Cell, renderTable } from '../table.js';

export async function listStrategies(output: Output): Promise<void> {
  const entries = await (await StrategyRegistry.scan()).listAvailability();
  await output.result(entries, (colors) => renderStrategies(entries, colors));
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

export const paintReadiness = ({ state }: StrategyEntry, colors: Colors): ((text: string) => string) =>
  ({ ready: colors.green, unavailable: colors.yellow, broken: colors.red })[state];

import { codes } from '../errors.js';
import type { Collection, Comparison, Judge, LeftOver } from '../reconciliation/index.js';
import type { Colors } from './colors.js';
import { type CommandContext, defineCommand } from './command.js';
import { hasTerminal, isConfirmed } from './confirmation.js';
import { type Cell, renderTable } from './table.js';
import { withClient } from './with-client.js';

/** What was made within the last hour may be about to be used. */
const ages = { made: 3_600_000, unused: 0 };

export const gc = defineCommand({
  name: 'gc',
  summary: 'list and remove leftovers that belong to no deployment',
  arguments: {},
  options: {
    yes: { flags: '-y, --yes', kind: 'flag', summary: 'remove without asking' },
    otherServers: {
      flags: '--other-servers',
      kind: 'flag',
      summary: 'treat deployments of unreachable Temporal servers as ended',
    },
  },
  examples: ['berth gc', 'berth gc --yes'],
  async run({ options: { yes, otherServers }, output, signal }) {
    const [comparison, collection] = await withClient(output, async (client) => {
      const by = { ...(await describeJudge()), server: await client.server(), includesOtherServers: otherServers };
      return await sweep(by, { yes, output, signal });
    });
    const items = comparison.leftOvers.flatMap((leftOvers) => leftOvers.items);
    const { kept, notes } = comparison;
    const report = { leftOvers: items, kept, notes, ...collection };
    await output.result(report, (colors) =>
      items.length === 0 ? 'nothing is left over' : renderEnd(items, collection, colors),
    );
    for (const note of [...notes, ...describeKept(comparison)]) output.note(output.noteColors.dim(note));
    return collection.failures.length > 0 ? codes.UNDO_INCOMPLETE.exit : 0;
  },
});

type Wish = Pick<CommandContext, 'output' | 'signal'> & { yes: boolean };

async function describeJudge(): Promise<Omit<Judge, 'server'>> {
  const [{ berthHome }, { hostId }] = await Promise.all([import('../home.js'), import('../stack/index.js')]);
  return { home: berthHome(), host: hostId(), judgesRevisions: true };
}

async function sweep(by: Judge, { yes, output, signal }: Wish): Promise<[Comparison, Collection]> {
  const [{ collect, compare }, { StrategyRegistry }] = await Promise.all([
    import('../reconciliation/index.js'),
    import('../registry/index.js'),
  ]);
  const registry = await StrategyRegistry.scan({ home: by.home });
  const comparison = await compare(by, registry.listRunnerModules(), ages);
  const items = comparison.leftOvers.flatMap((leftOvers) => leftOvers.items);
  const isAsked = !yes && !output.isJson && items.length > 0 && hasTerminal();
  if (isAsked) output.note(renderLeftOvers(items, output.noteColors));
  const isWanted = yes || (isAsked && (await isConfirmed('Remove all of it?', signal)));
  return [comparison, await collect(isWanted ? comparison.leftOvers : [])];
}

function renderEnd(items: LeftOver[], { removed, failures, freedBytes }: Collection, colors: Colors): string {
  if (removed.length + failures.length === 0)
    return `${renderLeftOvers(items, colors)}\n${formatBytes(totalOf(items))} in all. Remove it: berth gc --yes`;
  const resisting = failures.map(({ kind, name, error }) => `${colors.red('still there')}  ${kind} ${name}: ${error}`);
  const ended = `removed ${removed.length === 1 ? '1 thing' : `${removed.length} things`}, freed ${formatBytes(freedBytes)}`;
  return [...(removed.length > 0 ? [renderLeftOvers(removed, colors)] : []), ...resisting, ended].join('\n');
}

const totalOf = (items: LeftOver[]): number => items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);

export function renderLeftOvers(items: LeftOver[], colors: Colors): string {
  const heading: Cell[] = ['KIND', 'NAME', 'SIZE', 'WHY'].map((text) => ({ text, paint: colors.dim }));
  const rows = items.map(({ kind, name, bytes, why }): Cell[] => [
    { text: kind },
    { text: name, paint: colors.bold },
    { text: bytes === null ? '-' : formatBytes(bytes) },
    { text: why },
  ]);
  return renderTable([heading, ...rows]);
}

const describeKept = ({ kept }: Comparison): string[] =>
  kept.map(({ deployment, why }) => `kept: ${deployment}: ${why}`);

/** 512 B, 1.5 KiB, 2.0 GiB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

import { codes } from '../errors.js';
import type { Orphan, OrphanReport, PruneResult, ReconciliationContext } from '../reconciliation/index.js';
import type { Colors } from './colors.js';
import { type CommandContext, defineCommand } from './command.js';
import { confirm, hasTerminal } from './confirmation.js';
import { type Cell, renderTable } from './table.js';
import { withClient } from './with-client.js';

/** Minimum ages in milliseconds; a resource created within the last hour may be about to be used. */
const ages = { created: 3_600_000, unused: 0 };

export const gc = defineCommand({
  name: 'gc',
  summary: 'list and remove orphans, which belong to no deployment',
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
      const context = {
        ...(await createContext()),
        server: await client.getServer(),
        includesOtherServers: otherServers,
      };
      return await findAndRemoveOrphans(context, { yes, output, signal });
    });
    const items = comparison.orphans.flatMap((orphans) => orphans.items);
    const { skipped, notes } = comparison;
    const report = { leftOvers: items, kept: skipped, notes, ...collection };
    await output.result(report, (colors) =>
      items.length === 0 ? 'no orphans' : renderOutcome(items, collection, colors),
    );
    for (const note of [...notes, ...describeKept(comparison)]) output.note(output.noteColors.dim(note));
    return collection.failures.length > 0 ? codes.UNDO_INCOMPLETE.exit : 0;
  },
});

type GcOptions = Pick<CommandContext, 'output' | 'signal'> & { yes: boolean };

async function createContext(): Promise<Omit<ReconciliationContext, 'server'>> {
  const [{ berthHome }, { getHostId }] = await Promise.all([import('../home/home.js'), import('../stack/index.js')]);
  return { home: berthHome(), host: getHostId(), includesRevisions: true };
}

async function findAndRemoveOrphans(
  context: ReconciliationContext,
  { yes, output, signal }: GcOptions,
): Promise<[OrphanReport, PruneResult]> {
  const [{ pruneOrphans, findOrphans }, { StrategyRegistry }] = await Promise.all([
    import('../reconciliation/index.js'),
    import('../registry/index.js'),
  ]);
  const registry = await StrategyRegistry.scan({ home: context.home });
  const comparison = await findOrphans(context, registry.listRunnerModules(), ages);
  const items = comparison.orphans.flatMap((orphans) => orphans.items);
  const isConfirmationNeeded = !yes && !output.isJson && items.length > 0 && hasTerminal();
  if (isConfirmationNeeded) output.note(renderOrphans(items, output.noteColors));
  const isConfirmed = yes || (isConfirmationNeeded && (await confirm('Remove all?', signal)));
  return [comparison, await pruneOrphans(isConfirmed ? comparison.orphans : [])];
}

function renderOutcome(items: Orphan[], { removed, failures, freedBytes }: PruneResult, colors: Colors): string {
  if (removed.length + failures.length === 0)
    return `${renderOrphans(items, colors)}\n${formatBytes(sumBytes(items))} in total; remove all: berth gc --yes`;
  const failureLines = failures.map(
    ({ kind, name, error }) => `${colors.red('not removed')}  ${kind} ${name}: ${error}`,
  );
  const summary = `removed ${removed.length === 1 ? '1 orphan' : `${removed.length} orphans`}, freed ${formatBytes(freedBytes)}`;
  return [...(removed.length > 0 ? [renderOrphans(removed, colors)] : []), ...failureLines, summary].join('\n');
}

const sumBytes = (items: Orphan[]): number => items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);

export function renderOrphans(items: Orphan[], colors: Colors): string {
  const heading: Cell[] = ['KIND', 'NAME', 'SIZE', 'WHY'].map((text) => ({ text, paint: colors.dim }));
  const rows = items.map(({ kind, name, bytes, why }): Cell[] => [
    { text: kind },
    { text: name, paint: colors.bold },
    { text: bytes === null ? '-' : formatBytes(bytes) },
    { text: why },
  ]);
  return renderTable([heading, ...rows]);
}

const describeKept = ({ skipped }: OrphanReport): string[] =>
  skipped.map(({ deployment, why }) => `kept: ${deployment}: ${why}`);

/** Formats a size: `512 B`, `1.5 KiB`, `2.0 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

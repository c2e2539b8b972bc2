import { BerthError } from '../errors.js';
import type { Orphan, OrphanGroup } from './orphan.js';

export interface PruneResult {
  removed: Orphan[];
  /** Orphans that could not be removed, with the reason. */
  failures: (Orphan & { error: string })[];
  /** Bytes freed on this machine, as far as known. */
  freedBytes: number;
}

/** Removes groups that are still orphaned. Continues after a failure. */
export async function pruneOrphans(groups: readonly OrphanGroup[]): Promise<PruneResult> {
  const result: PruneResult = { removed: [], failures: [], freedBytes: 0 };
  for (const { items, remove } of groups) {
    try {
      if (await remove()) result.removed.push(...items);
    } catch (thrown) {
      const { message } = BerthError.from(thrown);
      result.failures.push(...items.map((item) => ({ ...item, error: message })));
    }
  }
  result.freedBytes = result.removed.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return result;
}

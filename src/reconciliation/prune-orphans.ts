import { BerthError } from '../errors.js';
import type { Orphan, OrphanGroup } from './orphan.js';

export interface PruneResult {
  removed: Orphan[];
  /** What resists, and why. */
  failures: (Orphan & { error: string })[];
  /** Freed on this machine, as far as that is known. */
  freedBytes: number;
}

/** Removes what still belongs to nothing; one that resists does not keep the others. */
export async function pruneOrphans(leftOvers: readonly OrphanGroup[]): Promise<PruneResult> {
  const collection: PruneResult = { removed: [], failures: [], freedBytes: 0 };
  for (const { items, remove } of leftOvers) {
    try {
      if (await remove()) collection.removed.push(...items);
    } catch (thrown) {
      const { message } = BerthError.from(thrown);
      collection.failures.push(...items.map((item) => ({ ...item, error: message })));
    }
  }
  collection.freedBytes = collection.removed.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return collection;
}

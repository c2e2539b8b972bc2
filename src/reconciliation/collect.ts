import { BerthError } from '../errors.js';
import type { LeftOver, LeftOvers } from './left-over.js';

export interface Collection {
  removed: LeftOver[];
  /** What resists, and why. */
  failures: (LeftOver & { error: string })[];
  /** Freed on this machine, as far as that is known. */
  freedBytes: number;
}

/** Removes what still belongs to nothing; one that resists does not keep the others. */
export async function collect(leftOvers: readonly LeftOvers[]): Promise<Collection> {
  const collection: Collection = { removed: [], failures: [], freedBytes: 0 };
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

import { join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { withLock } from '../processes/lock.js';

/**
 * Serializes pruning orphans with beginning a deployment and claiming a shared resource. A resource that is unclaimed under
 * this lock stays unclaimed until it is removed.
 */
export const withPruneLock = <T>(home: BerthHome, action: () => Promise<T>): Promise<T> =>
  withLock({ directory: join(home.locks, 'collection') }, action);

import { join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { withLock } from '../processes/lock.js';

/**
 * Who removes what belongs to nothing, and who begins a deployment or lays claim to something shared, do so one after the
 * other: what is found unclaimed under this lock stays so until it is gone.
 */
export const withPruneLock = <T>(home: BerthHome, action: () => Promise<T>): Promise<T> =>
  withLock({ directory: join(home.locks, 'collection') }, action);

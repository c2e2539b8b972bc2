import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../errors.js';

/** Seconds that a cloud may take to remove something. */
const defaultTimeout = 420;
/** Milliseconds between two checks. */
const interval = 500;

/**
 * Waits until `isRemoved` returns true.
 *
 * @throws UNDO_INCOMPLETE with `problem` when it does not within `timeout` seconds.
 */
export async function waitUntilRemoved(
  problem: string,
  isRemoved: () => Promise<boolean>,
  timeout = defaultTimeout,
): Promise<void> {
  for (const deadline = Date.now() + timeout * 1000; !(await isRemoved()); await sleep(interval))
    if (Date.now() > deadline) throw new BerthError('UNDO_INCOMPLETE', problem);
}

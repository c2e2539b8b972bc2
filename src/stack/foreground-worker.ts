import { berthHome } from '../home/home.js';
import type { TemporalTarget } from '../temporal/temporal-target.js';
import { recordForegroundWorker, requireNoForegroundWorker } from './background-worker.js';
import { withStackLock } from './ensure-stack.js';

/**
 * The worker that somebody runs by `berth worker` for the embedded server: commands find it as they find one in the
 * background, and start none beside it. Throws STATE_CONFLICT when there is another one in the foreground.
 */
export function prepareForegroundWorker({ isEmbedded, address }: TemporalTarget): { announce: () => Promise<void> } {
  const home = berthHome();
  if (!isEmbedded) return { announce: async () => {} };
  requireNoForegroundWorker(home);
  return { announce: () => withStackLock(home, undefined, () => recordForegroundWorker(home, address)) };
}

import { berthHome } from '../home/home.js';
import type { TemporalTarget } from '../temporal/temporal-target.js';
import { recordForegroundWorker, requireNoForegroundWorker } from './background-worker.js';
import { withStackLock } from './ensure-stack.js';

/**
 * Prepares a worker of `berth worker` for the embedded server. Once announced, commands use it instead of starting one
 * in the background.
 *
 * @throws STATE_CONFLICT when another worker runs in the foreground.
 */
export function prepareForegroundWorker({ isEmbedded, address }: TemporalTarget): { announce: () => Promise<void> } {
  const home = berthHome();
  if (!isEmbedded) return { announce: async () => {} };
  requireNoForegroundWorker(home);
  return { announce: () => withStackLock(home, undefined, () => recordForegroundWorker(home, address)) };
}

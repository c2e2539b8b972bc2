import type { ReconciliationResult } from '../reconciliation/index.js';
import { reconcileActivities } from './activity-proxies.js';

/** One comparison of a host's ledgers, deployments and world; started by a schedule, and when a worker of the host comes. */
export const reconcile = (host: string): Promise<ReconciliationResult> =>
  reconcileActivities(host).reconcile.executeWithOptions(
    { summary: `compare ledgers, deployments and the world on ${host}` },
    [{ host }],
  );

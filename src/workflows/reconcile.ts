import type { ReconciliationResult } from '../reconciliation/index.js';
import { reconcileActivities } from './activity-proxies.js';

/** Compares a host's ledgers with its deployments and resources. Started by a schedule, and when a worker starts. */
export const reconcile = (host: string): Promise<ReconciliationResult> =>
  reconcileActivities(host).reconcile.executeWithOptions({ summary: `find and remove orphans on ${host}` }, [{ host }]);

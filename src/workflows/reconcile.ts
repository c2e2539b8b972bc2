import type { Reconciliation } from '../reconciliation/index.js';
import { reconcilingOn } from './steps.js';

/** One comparison of a host's ledgers, deployments and world; started by a schedule, and when a worker of the host comes. */
export const reconcile = (host: string): Promise<Reconciliation> =>
  reconcilingOn(host).reconcile.executeWithOptions(
    { summary: `compare ledgers, deployments and the world on ${host}` },
    [{ host }],
  );

import { describeReconciliation, type ReconciliationResult, reconcileHost } from '../reconciliation/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

const hour = 3_600_000;
const defaultKeepDays = 7;

/** Removes proven orphans from this host, logs them, and renews the schedule of reconciliations. */
export const reconcile = ({ home, deployments, registry, renewReconcileSchedule, log }: Dependencies) =>
  step(async ({ host }: { host: string }): Promise<ReconciliationResult> => {
    const context = { home, host, server: deployments };
    const ages = { created: hour, unused: readKeepDays() * 24 * hour };
    const reconciliation = await reconcileHost(context, registry.listRunnerModules(), ages);
    for (const line of describeReconciliation(reconciliation)) log(line);
    await renewReconcileSchedule();
    return reconciliation;
  });

/** Reads the number of days for which unused environments stay available to new deployments. */
function readKeepDays(): number {
  const days = Number(process.env.BERTH_KEEP_UNUSED_DAYS ?? defaultKeepDays);
  return Number.isFinite(days) && days >= 0 ? days : defaultKeepDays;
}

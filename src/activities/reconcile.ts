import { type ReconciliationResult, reconcileHost } from '../reconciliation/index.js';
import type { Dependencies } from './dependencies.js';
import { describeReconciliation } from './describe-reconciliation.js';
import { step } from './step.js';

const hour = 3_600_000;
const defaultKeepDays = 7;

/** Removes from this host what belongs to nothing beyond doubt, writes to the worker's log what that was, and asks for the next. */
export const reconcile = ({ home, deployments, registry, renewReconcileSchedule, log }: Dependencies) =>
  step(async ({ host }: { host: string }): Promise<ReconciliationResult> => {
    const by = { home, host, server: deployments };
    const ages = { created: hour, unused: readKeepDays() * 24 * hour };
    const reconciliation = await reconcileHost(by, registry.listRunnerModules(), ages);
    for (const line of describeReconciliation(reconciliation)) log(line);
    await renewReconcileSchedule();
    return reconciliation;
  });

/** For how many days an environment that nobody refers to is kept for the next deployment. */
function readKeepDays(): number {
  const days = Number(process.env.BERTH_KEEP_UNUSED_DAYS ?? defaultKeepDays);
  return Number.isFinite(days) && days >= 0 ? days : defaultKeepDays;
}

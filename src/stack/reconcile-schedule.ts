import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import { sharedQueue } from '../workflows/messages.js';

const day = 86_400_000;

/** A host that is gone for ever leaves no schedule behind: each reconciliation extends its own by so long. */
const scheduleLifetime = 7 * day;

const buildScheduleId = (host: string): string => `berth-reconcile-${host}`;

const buildSpec = (): ScheduleSpec => ({
  intervals: [{ every: '1h' }],
  endAt: new Date(Date.now() + scheduleLifetime),
});

/** Has the host reconciled every hour, as long as it does so at least once a week; whether it was paused stays as it is. */
export async function ensureReconcileSchedule({ schedule }: Client, host: string): Promise<void> {
  const scheduleIdOfHost = buildScheduleId(host);
  try {
    await schedule.create({
      scheduleId: scheduleIdOfHost,
      spec: buildSpec(),
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: 'reconcile',
        workflowId: `reconcile-${host}`,
        taskQueue: sharedQueue,
        args: [host],
        workflowExecutionTimeout: '1h',
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await schedule.getHandle(scheduleIdOfHost).update((found) => ({ ...found, spec: buildSpec() }));
  }
}

/** One more reconciliation, now. */
export const triggerReconciliation = ({ schedule }: Client, host: string): Promise<void> =>
  schedule.getHandle(buildScheduleId(host)).trigger();

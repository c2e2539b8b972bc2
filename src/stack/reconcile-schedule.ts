import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import { sharedQueue } from '../workflows/messages.js';

const day = 86_400_000;

/** Milliseconds by which each reconciliation extends its schedule, so that a lost host leaves no schedule behind. */
const scheduleLifetime = 7 * day;

const buildScheduleId = (host: string): string => `berth-reconcile-${host}`;

const buildSpec = (): ScheduleSpec => ({
  intervals: [{ every: '1h' }],
  endAt: new Date(Date.now() + scheduleLifetime),
});

/**
 * Creates or extends the hourly reconciliation of a host, which ends after a week without one. A paused schedule stays
 * paused.
 */
export async function ensureReconcileSchedule({ schedule }: Client, host: string): Promise<void> {
  const scheduleId = buildScheduleId(host);
  try {
    await schedule.create({
      scheduleId,
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
    await schedule.getHandle(scheduleId).update((found) => ({ ...found, spec: buildSpec() }));
  }
}

/** Starts a reconciliation now. */
export const triggerReconciliation = ({ schedule }: Client, host: string): Promise<void> =>
  schedule.getHandle(buildScheduleId(host)).trigger();

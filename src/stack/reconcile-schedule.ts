import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy, type ScheduleSpec } from '@temporalio/client';
import { sharedQueue } from '../workflows/messages.js';

const day = 86_400_000;

/** A host that is gone for ever leaves no schedule behind: each reconciliation extends its own by so long. */
const life = 7 * day;

const scheduleId = (host: string): string => `berth-reconcile-${host}`;

const nextSpec = (): ScheduleSpec => ({ intervals: [{ every: '1h' }], endAt: new Date(Date.now() + life) });

/** Has the host reconciled every hour, as long as it does so at least once a week; whether it was paused stays as it is. */
export async function scheduleReconciling({ schedule }: Client, host: string): Promise<void> {
  const scheduleIdOfHost = scheduleId(host);
  try {
    await schedule.create({
      scheduleId: scheduleIdOfHost,
      spec: nextSpec(),
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
    await schedule.getHandle(scheduleIdOfHost).update((found) => ({ ...found, spec: nextSpec() }));
  }
}

/** One more reconciliation, now. */
export const reconcileNow = ({ schedule }: Client, host: string): Promise<void> =>
  schedule.getHandle(scheduleId(host)).trigger();

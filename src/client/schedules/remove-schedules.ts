import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { BerthError } from '../../errors.js';
import { buildScheduleId, defaultSchedule } from '../../scheduling/schedule-id.js';
import { listScheduleIds } from './list-schedule-ids.js';

/** Deletes every schedule of a deployment and verifies that all are gone. */
export async function removeSchedules(client: Client, name: string): Promise<void> {
  // The server's list may lag behind, so the default schedule is looked up by its ID.
  const ids = new Set([buildScheduleId(name, defaultSchedule), ...(await listScheduleIds(client, name))]);
  for (const id of ids) await removeSchedule(client, name, id);
}

const deleteTimeout = 10_000;

/** Deletes a schedule and verifies that it is gone; returns immediately if it does not exist. */
export async function removeSchedule({ schedule }: Client, name: string, id: string): Promise<void> {
  const handle = schedule.getHandle(id);
  for (const deadline = Date.now() + deleteTimeout; ; ) {
    try {
      await handle.delete();
      await handle.describe();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return;
      throw error;
    }
    if (Date.now() > deadline) throw new BerthError('UNDO_INCOMPLETE', `the schedule ${id} is still there`, { name });
    await sleep(100);
  }
}

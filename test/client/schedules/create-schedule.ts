import { planSchedule, type ScheduleOptions } from '../../../src/client/schedules/plan-schedule.js';
import type { ScheduledRun, ScheduleInfo } from '../../../src/contract/index.js';
import { connectOnce } from '../../support/deployments.js';

interface ScheduleRequest extends ScheduleOptions {
  schedule?: string;
  replacesFailed?: boolean;
}

/** Creates a schedule of redeploys. */
export async function createSchedule(name: string, request: ScheduleRequest): Promise<ScheduleInfo> {
  const { schedule: id, replacesFailed = false, ...options } = request;
  const { schedules } = await connectOnce();
  return await schedules.create({ name, schedule: id, plan: planSchedule(options), replacesFailed });
}

/** Starts a run now and waits until it ends. */
export async function runNow(name: string, id?: string): Promise<ScheduledRun> {
  const { schedules } = await connectOnce();
  return await schedules.follow(name, await schedules.trigger(name, id));
}

/** Polls until there is an answer. */
export async function eventually<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; ) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

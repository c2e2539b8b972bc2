import type { RedeploySchedules } from '../../client/schedules/index.js';
import type { ScheduleInfo } from '../../contract/schedule.js';
import type { CommandContext } from '../command.js';
import { withClient } from '../with-client.js';
import { requireValidScheduleId } from './schedule-option.js';

type Context = CommandContext<{ name: string }, { id: string | undefined }>;

/** Changes a schedule and prints the result. */
export async function changeSchedule(
  { arguments: { name }, options: { id }, output }: Context,
  change: (schedules: RedeploySchedules, name: string, id?: string) => Promise<ScheduleInfo>,
  describe: (info: ScheduleInfo) => string,
): Promise<void> {
  requireValidScheduleId(name, id);
  const info = await withClient(output, ({ schedules }) => change(schedules, name, id));
  await output.result(info, () => describe(info));
}

import type { Client } from '@temporalio/client';
import { parseScheduleId } from '../../scheduling/schedule-id.js';
import { searchAttributes } from '../../workflows/status/search-attributes.js';

/** Lists the sorted IDs of all redeploy schedules, or of one deployment's. */
export async function listScheduleIds({ schedule }: Client, name?: string): Promise<string[]> {
  const attribute = searchAttributes.name.name;
  const query = name === undefined ? `${attribute} IS NOT NULL` : `${attribute} = '${name}'`;
  const ids: string[] = [];
  for await (const { scheduleId } of schedule.list({ query })) if (parseScheduleId(scheduleId)) ids.push(scheduleId);
  return ids.sort();
}

import type { Client } from '@temporalio/client';
import { searchAttributes } from '../workflows/search-attributes.js';
import { parseScheduleId } from './schedule-id.js';

/** The ids of all schedules of redeploys, or of one deployment's, in their order. */
export async function listScheduleIds({ schedule }: Client, name?: string): Promise<string[]> {
  const attribute = searchAttributes.name.name;
  const query = name === undefined ? `${attribute} IS NOT NULL` : `${attribute} = '${name}'`;
  const ids: string[] = [];
  for await (const { scheduleId } of schedule.list({ query })) if (parseScheduleId(scheduleId)) ids.push(scheduleId);
  return ids.sort();
}

import type { RunPlan } from '../../contract/handle.js';
import { StateFile } from '../state-file.js';
import { createCloudName } from './cloud-name.js';
import { recordCloudUsage } from './cloud-usage.js';

/** The name of everything that a revision has in a cloud. On disk before anything is created there. */
export interface CloudRecord {
  /** No other machine or home uses this name. */
  name: string;
  /** Address of the cloud's API. */
  address: string;
}

/** Missing when nothing was created in the cloud. */
export const cloudRecord = new StateFile<CloudRecord>('cloud.json');

/** Returns the revision's name in the cloud: drawn at the first try, the same at every later one. */
export async function claimCloudRecord(plan: RunPlan, address: string): Promise<CloudRecord> {
  const claimed = await cloudRecord.read(plan);
  if (claimed !== undefined) return claimed;
  const record = { name: createCloudName(plan), address };
  await recordCloudUsage(address);
  await cloudRecord.write(plan, record);
  return record;
}

import type { RunPlan } from '../../contract/handle.js';
import { StateFile } from '../state-file.js';
import { createCloudName } from './cloud-name.js';
import { recordCloudUsage } from './cloud-usage.js';

/** Name of a revision's resources in a cloud. Written to disk before any of them is created. */
export interface CloudRecord {
  /** Unique across machines and homes. */
  name: string;
  /** Address of the cloud's API. */
  address: string;
}

/** Record of a revision in the cloud. Missing if nothing was created there. */
export const cloudRecord = new StateFile<CloudRecord>('cloud.json');

/** Returns the revision's name in the cloud. The first attempt creates it; later attempts get the same one. */
export async function claimCloudRecord(plan: RunPlan, address: string): Promise<CloudRecord> {
  const claimed = await cloudRecord.read(plan);
  if (claimed !== undefined) return claimed;
  const record = { name: createCloudName(plan), address };
  await recordCloudUsage(address);
  await cloudRecord.write(plan, record);
  return record;
}

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';
import { createCloudName } from '../../../src/runners/cloud/cloud-name.js';
import { recordCloudUsage } from '../../../src/runners/cloud/cloud-usage.js';

/** What of LangSmith is the revision's: on the disk before anything of it is made there. */
export interface CloudRecord {
  /** Of its deployment; no other machine's has it. */
  name: string;
  /** Of the control plane. */
  address: string;
}

/** The revision's deployment while there is one. */
export interface CloudDeployment extends CloudRecord {
  id: string;
}

const getRecordPath = ({ stateDirectory }: RunPlan): string => join(stateDirectory, 'cloud.json');

/** Undefined when nothing was made in the cloud. */
export async function readCloudRecord(plan: RunPlan): Promise<CloudRecord | undefined> {
  const text = await readFile(getRecordPath(plan), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as CloudRecord); // written below, whole or not at all
}

/** The revision's name in the cloud: drawn once, and the same at every try. */
export async function claimCloudRecord(plan: RunPlan, address: string): Promise<CloudRecord> {
  const claimed = await readCloudRecord(plan);
  if (claimed !== undefined) return claimed;
  const record = { name: createCloudName(plan), address };
  await recordCloudUsage(address);
  await writeDurably(getRecordPath(plan), JSON.stringify(record));
  return record;
}

export const removeCloudRecord = (plan: RunPlan): Promise<void> => rm(getRecordPath(plan), { force: true });

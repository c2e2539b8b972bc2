import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentInfo } from '../contract/status.js';
import { writeDurably } from '../home/durable-file.js';
import type { BerthHome } from '../home/home.js';

const getRecordPath = ({ records }: BerthHome, name: string): string => join(records, `${name}.json`);

/** Records the final state of a deployment, which the Temporal server deletes in time. Replaces that of the same name. */
export async function writeDeploymentRecord(home: BerthHome, info: DeploymentInfo): Promise<void> {
  await mkdir(home.records, { recursive: true, mode: 0o700 });
  const cleaned: DeploymentInfo = { ...info, state: 'cleaned', endpoint: null };
  await writeDurably(getRecordPath(home, info.name), JSON.stringify(cleaned));
}

/** Reads the final state of a deployment; undefined if none is recorded, or in the format of an earlier version. */
export async function readDeploymentRecord(home: BerthHome, name: string): Promise<DeploymentInfo | undefined> {
  const text = await readFile(getRecordPath(home, name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return DeploymentInfo.safeParse(JSON.parse(text)).data;
}

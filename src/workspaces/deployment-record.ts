import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentInfo } from '../contract/status.js';
import { writeDurably } from '../home/durable-file.js';
import type { BerthHome } from '../home/home.js';

const getRecordPath = ({ records }: BerthHome, name: string): string => join(records, `${name}.json`);

/** Keeps how a deployment ended, for longer than the Temporal server does: one small file, of the last of that name. */
export async function writeDeploymentRecord(home: BerthHome, info: DeploymentInfo): Promise<void> {
  await mkdir(home.records, { recursive: true, mode: 0o700 });
  const ended: DeploymentInfo = { ...info, state: 'cleaned', endpoint: null };
  await writeDurably(getRecordPath(home, info.name), JSON.stringify(ended));
}

/** Undefined for a deployment of which none was kept, or one of an earlier shape. */
export async function readDeploymentRecord(home: BerthHome, name: string): Promise<DeploymentInfo | undefined> {
  const text = await readFile(getRecordPath(home, name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return DeploymentInfo.safeParse(JSON.parse(text)).data;
}

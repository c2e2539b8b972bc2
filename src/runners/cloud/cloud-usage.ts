import { createHash } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { writeDurably } from '../../home/durable-file.js';
import { type BerthHome, berthHome } from '../../home/home.js';
import type { ExternalResource } from '../runner.js';

type Home = Pick<BerthHome, 'clouds'>;

/** Records that the cloud at this address may have resources of this home. */
export async function recordCloudUsage(address: string, home: Home = berthHome()): Promise<void> {
  if (await isCloudUsed(home, address)) return;
  await mkdir(home.clouds, { recursive: true });
  await writeDurably(getRecordPath(home, address), `${address}\n`);
}

/**
 * Lists the resources of this home in the cloud at this address. The list is empty if the cloud does not answer and
 * this home never used it: the user may have its token for another purpose.
 */
export async function listCloudResources(
  home: Home,
  address: string,
  list: () => Promise<ExternalResource[]>,
): Promise<ExternalResource[]> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof BerthError) || (await isCloudUsed(home, address))) throw error;
    return [];
  }
}

const isCloudUsed = (home: Home, address: string): Promise<boolean> =>
  access(getRecordPath(home, address)).then(
    () => true,
    () => false,
  );

const getRecordPath = ({ clouds }: Home, address: string): string =>
  join(clouds, createHash('sha256').update(address).digest('hex').slice(0, 16));

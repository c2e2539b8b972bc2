import { createHash } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home.js';
import type { MadeThing } from './runner.js';

type Home = Pick<BerthHome, 'clouds'>;

/** Notes that from now on something of this home may be in the cloud at this address. */
export async function noteCloudUse(address: string, home: Home = berthHome()): Promise<void> {
  if (await isUsed(home, address)) return;
  await mkdir(home.clouds, { recursive: true });
  await writeDurably(noteOf(home, address), `${address}\n`);
}

/**
 * What the cloud at this address has of this home. Where the home never had anything there, a cloud that cannot be asked
 * has nothing: a key may be set for something else that its account does.
 */
export async function lookIntoCloud(
  home: Home,
  address: string,
  list: () => Promise<MadeThing[]>,
): Promise<MadeThing[]> {
  try {
    return await list();
  } catch (error) {
    if (!(error instanceof BerthError) || (await isUsed(home, address))) throw error;
    return [];
  }
}

const isUsed = (home: Home, address: string): Promise<boolean> =>
  access(noteOf(home, address)).then(
    () => true,
    () => false,
  );

const noteOf = ({ clouds }: Home, address: string): string =>
  join(clouds, createHash('sha256').update(address).digest('hex').slice(0, 16));

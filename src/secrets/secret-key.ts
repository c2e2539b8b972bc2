import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';

const keyBytes = 32;

/**
 * Reads the key that seals secrets: `BERTH_SECRET_KEY` (32 bytes in base64) if several machines share it, else the key
 * of the home, which is created the first time.
 *
 * @throws SECRET_KEY_WRONG, HOME_UNUSABLE when the key is invalid, or the home's key cannot be read or created.
 */
export async function readSecretKey(home: BerthHome): Promise<Buffer> {
  const given = process.env.BERTH_SECRET_KEY;
  if (given !== undefined && given !== '') return checkKey(Buffer.from(given, 'base64'), 'BERTH_SECRET_KEY');
  const path = join(home.root, 'secret.key');
  return checkKey((await readKeyFile(path)) ?? (await createKeyFile(home, path)), path);
}

function checkKey(key: Buffer, origin: string): Buffer {
  if (key.length === keyBytes) return key;
  throw new BerthError('SECRET_KEY_WRONG', `${origin} is not ${keyBytes} bytes in base64`);
}

async function readKeyFile(path: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from(await readFile(path, 'utf8'), 'base64');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BerthError(
      'HOME_UNUSABLE',
      `cannot read ${path}: ${(error as Error).message}`,
      { path },
      { cause: error },
    );
  }
}

/** Creates the key file atomically. If two processes do so concurrently, the first one wins and both use its key. */
async function createKeyFile(home: BerthHome, path: string): Promise<Buffer> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(home.root, { recursive: true });
    await writeDraft(draft);
    await link(draft, path).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return Buffer.from(await readFile(path, 'utf8'), 'base64');
  } catch (error) {
    throw new BerthError(
      'HOME_UNUSABLE',
      `cannot create ${path}: ${(error as Error).message}`,
      { path },
      { cause: error },
    );
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function writeDraft(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write(`${randomBytes(keyBytes).toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

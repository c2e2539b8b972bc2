import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { readSecretKey } from './secret-key.js';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const prefix = 'sealed:1:';

/** Encrypts a secret for a workflow's history: AES-256-GCM, as `sealed:1:` and base64url of IV, tag and ciphertext. */
export async function sealValue(home: BerthHome, value: string): Promise<string> {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, await readSecretKey(home), iv);
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return prefix + Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

/**
 * Decrypts a sealed value.
 *
 * @throws SECRET_KEY_WRONG when the value was sealed with another key, or altered.
 */
export async function openValue(home: BerthHome, sealed: string): Promise<string> {
  const key = await readSecretKey(home);
  try {
    return decrypt(key, sealed);
  } catch (error) {
    const message = 'a sealed value cannot be decrypted with the key of this machine';
    throw new BerthError('SECRET_KEY_WRONG', message, {}, { cause: error });
  }
}

function decrypt(key: Buffer, sealed: string): string {
  if (!sealed.startsWith(prefix)) throw new Error('not a sealed value');
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
}

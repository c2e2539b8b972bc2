import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';

/**
 * Refuses to ignore an unreadable manifest of this kind: it may name what to call, and any other choice would be a
 * guess.
 *
 * @throws MANIFEST_INVALID
 */
export function requireReadableManifest({ manifests }: Facts, kind: string): undefined {
  const unread = manifests.find((manifest) => manifest.kind === kind && manifest.problem !== undefined);
  if (unread === undefined) return undefined;
  const message = `${unread.problem}; to deploy without this file, name what to call: --entry MODULE:CALLABLE`;
  throw new BerthError('MANIFEST_INVALID', message, { file: unread.file });
}

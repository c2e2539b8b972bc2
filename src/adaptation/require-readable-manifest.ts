import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';

/**
 * Throws MANIFEST_INVALID where a manifest of this kind could not be read: it may name what to call, and nothing else is
 * called in its place.
 */
export function requireReadableManifest({ manifests }: Facts, kind: string): undefined {
  const unread = manifests.find((manifest) => manifest.kind === kind && manifest.problem !== undefined);
  if (unread === undefined) return undefined;
  const message = `${unread.problem}; to do without it, name what to call: --entry MODULE:CALLABLE`;
  throw new BerthError('MANIFEST_INVALID', message, { file: unread.file });
}

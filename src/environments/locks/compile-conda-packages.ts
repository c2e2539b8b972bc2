import { BerthError } from '../../errors.js';
import { type LockDocument, normalizeName, toPreferences } from './lock.js';

/** Packages that the index does not have, or not in these versions, show one by one: so often is it asked again. */
const maxAttempts = 40;

export interface CondaResolution {
  document: LockDocument;
  /** What was not to be had, in whole sentences. */
  notes: string[];
}

/**
 * Resolves with packages that were named for conda. The index may lack one, or have it in other versions: then it is left
 * out, or taken in another version. `resolve` gets the lines, and versions to take where they fit.
 */
export async function compileCondaPackages(
  wishes: string[],
  resolve: (lines: string[], preferences: LockDocument | undefined) => Promise<LockDocument>,
): Promise<CondaResolution> {
  const missing = new Set<string>();
  const relaxed = new Set<string>();
  for (let attempt = 0; ; attempt++) {
    const wanted = wishes.filter((wish) => !missing.has(wish));
    const loose = wanted.filter((wish) => relaxed.has(wish));
    const lines = wanted.map((wish) => (relaxed.has(wish) ? getName(wish) : wish));
    try {
      const document = await resolve(lines, loose.length === 0 ? undefined : toPreferences(loose));
      return { document, notes: describe([...missing], [...relaxed]) };
    } catch (error) {
      if (!isUnresolved(error) || wishes.length === 0 || attempt >= maxAttempts) throw error;
      const words = (error.details.evidence ?? '').replaceAll(/\s+/g, ' ').toLowerCase();
      const unknown = wanted.find((wish) =>
        words.includes(`${getBareName(wish)} was not found in the package registry`),
      );
      const exact = wanted.filter((wish) => !relaxed.has(wish) && wish !== getName(wish));
      if (unknown !== undefined) missing.add(unknown);
      else if (exact.length === 0) throw error;
      else for (const wish of findUnavailable(exact, words)) relaxed.add(wish);
    }
  }
}

/** Those of which there is no such version; where nothing says so, all. */
function findUnavailable(exact: string[], words: string): string[] {
  const named = exact.filter((wish) => new RegExp(`versions? of ${getBareName(wish)}(?![\\w.-])`).test(words));
  return named.length > 0 ? named : exact;
}

const isUnresolved = (error: unknown): error is BerthError =>
  error instanceof BerthError && error.code === 'DEPENDENCY_UNRESOLVED';

const getName = (wish: string): string => /^[^=<>!~\s]+/.exec(wish)?.[0] ?? wish;
const getBareName = (wish: string): string => normalizeName(getName(wish).replace(/\[.*/, ''));

function describe(missing: string[], relaxed: string[]): string[] {
  const list = (wishes: string[]): string => wishes.join(', ');
  return [
    ...(missing.length > 0
      ? [`The package index has no ${list(missing.map(getName))}, which conda's channels may have: not installed.`]
      : []),
    ...(relaxed.length > 0
      ? [`The package index does not have ${list(relaxed)} in a version that fits: another version is taken.`]
      : []),
  ];
}

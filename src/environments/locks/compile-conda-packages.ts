import { BerthError } from '../../errors.js';
import { type LockDocument, normalizeName, toPreferences } from './lock.js';

/** Limit of resolutions. Each one may reveal only one package or version that the index lacks. */
const maxAttempts = 40;

export interface CondaResolution {
  document: LockDocument;
  /** Sentences about packages and versions that the index lacks. */
  notes: string[];
}

/**
 * Resolves packages that are named for conda. Skips a package that the index lacks, and drops the version of one that the
 * index has in other versions only. `resolve` gets requirement lines and preferred versions.
 */
export async function compileCondaPackages(
  packages: string[],
  resolve: (lines: string[], preferences: LockDocument | undefined) => Promise<LockDocument>,
): Promise<CondaResolution> {
  const missing = new Set<string>();
  const relaxed = new Set<string>();
  for (let attempt = 0; ; attempt++) {
    const remaining = packages.filter((line) => !missing.has(line));
    const unpinned = remaining.filter((line) => relaxed.has(line));
    const lines = remaining.map((line) => (relaxed.has(line) ? getName(line) : line));
    try {
      const document = await resolve(lines, unpinned.length === 0 ? undefined : toPreferences(unpinned));
      return { document, notes: describe([...missing], [...relaxed]) };
    } catch (error) {
      if (!isUnresolvedError(error) || packages.length === 0 || attempt >= maxAttempts) throw error;
      const output = (error.details.evidence ?? '').replaceAll(/\s+/g, ' ').toLowerCase();
      const unknown = remaining.find((line) =>
        output.includes(`${getBareName(line)} was not found in the package registry`),
      );
      const exact = remaining.filter((line) => !relaxed.has(line) && line !== getName(line));
      if (unknown !== undefined) missing.add(unknown);
      else if (exact.length === 0) throw error;
      else for (const line of findUnavailable(exact, output)) relaxed.add(line);
    }
  }
}

/** Returns the packages whose version does not exist; all of them when the output names none. */
function findUnavailable(exact: string[], output: string): string[] {
  const mentioned = exact.filter((line) => new RegExp(`versions? of ${getBareName(line)}(?![\\w.-])`).test(output));
  return mentioned.length > 0 ? mentioned : exact;
}

const isUnresolvedError = (error: unknown): error is BerthError =>
  error instanceof BerthError && error.code === 'DEPENDENCY_UNRESOLVED';

const getName = (line: string): string => /^[^=<>!~\s]+/.exec(line)?.[0] ?? line;
const getBareName = (line: string): string => normalizeName(getName(line).replace(/\[.*/, ''));

function describe(missing: string[], relaxed: string[]): string[] {
  const list = (packages: string[]): string => packages.join(', ');
  return [
    ...(missing.length > 0
      ? [`The package index lacks ${list(missing.map(getName))}, which a conda channel may have: not installed.`]
      : []),
    ...(relaxed.length > 0
      ? [`The package index has no matching version of ${list(relaxed)}: uses another version.`]
      : []),
  ];
}

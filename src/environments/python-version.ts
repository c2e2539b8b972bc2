/** `[3, 11, 7]`; may have fewer parts. */
export type Version = readonly number[];

interface Clause {
  operator: string;
  version: Version;
}

/** A parsed version requirement: all clauses must hold. */
export type VersionRange = readonly Clause[];

const clausePattern = /^(===|==|~=|!=|>=|<=|>|<|\^|~)?\s*v?(\d+(?:\.\d+)*)(?:\.\*|\.x)?$/;

/**
 * Parses the requirements of `.python-version`, `requires-python`, `cog.yaml`, `runtime.txt` and Poetry: `3.11`,
 * `python-3.11.4`, `>=3.9,<3.13`, `~=3.10`, `^3.9`. Returns undefined for any other text (`pypy3.9`, a pyenv
 * environment).
 */
export function parseVersionRange(specifier: string): VersionRange | undefined {
  const text = specifier.trim().replace(/^(python|cpython)[-@ ]?/i, '');
  const parts = text.split(/[,\s]+(?![\d])|,/).map((part) => part.trim());
  const clauses = parts.filter((part) => part !== '' && part !== '*').map(parseClause);
  return clauses.every((clause) => clause !== undefined) ? clauses : undefined;
}

function parseClause(text: string): Clause | undefined {
  const [, operator = '==', digits] = clausePattern.exec(text) ?? [];
  return digits === undefined ? undefined : { operator, version: parseVersion(digits) };
}

export const parseVersion = (text: string): Version => text.split('.').map(Number);

export const satisfies = (version: Version, range: VersionRange): boolean =>
  range.every((clause) => satisfiesClause(version, clause));

/** Checks whether a range contains one of the versions that it names, or the patch after one. */
export function containsWrittenVersion(range: VersionRange): boolean {
  return range.some(({ version }) => {
    const [major = 0, minor = 0, patch = 0] = version;
    return satisfies([major, minor, patch], range) || satisfies([major, minor, patch + 1], range);
  });
}

function satisfiesClause(version: Version, { operator, version: bound }: Clause): boolean {
  switch (operator) {
    case '>=':
      return compare(version, bound) >= 0;
    case '>':
      return compare(version, bound) > 0;
    case '<=':
      return compare(version, bound) <= 0;
    case '<':
      return compare(version, bound) < 0;
    case '!=':
      return !startsWith(version, bound);
    case '^':
      return compare(version, bound) >= 0 && version[0] === bound[0];
    case '~=':
      return compare(version, bound) >= 0 && startsWith(version, bound.slice(0, Math.max(1, bound.length - 1)));
    case '~':
      return compare(version, bound) >= 0 && startsWith(version, bound.slice(0, 2));
    default:
      return startsWith(version, bound);
  }
}

export function compare(left: Version, right: Version): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const startsWith = (version: Version, beginning: Version): boolean =>
  beginning.every((part, index) => (version[index] ?? 0) === part);

/** Returns the distance of a version from a range, by minor version, then by patch. Only comparisons are meaningful. */
export function distance(version: Version, range: VersionRange): number {
  const bounds = range.map(({ version: bound }) => bound);
  return Math.min(...bounds.map((bound) => minorDistance(version, bound) * 1000 + patchDistance(version, bound)));
}

const minorDistance = (version: Version, bound: Version): number =>
  Math.abs((version[0] ?? 0) - (bound[0] ?? 0)) * 100 + Math.abs((version[1] ?? 0) - (bound[1] ?? version[1] ?? 0));

const patchDistance = (version: Version, bound: Version): number => Math.abs((version[2] ?? 0) - (bound[2] ?? 0));

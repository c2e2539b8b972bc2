import {
  containsWrittenVersion,
  parseVersion,
  parseVersionRange,
  satisfies,
  type VersionRange,
} from './python-version.js';

/** A Python version that a manifest requires, as written. */
export interface PythonRequirement {
  specifier: string;
  /** `.python-version`, `backend/pyproject.toml`. */
  from: string;
}

/** The combined Python requirements of all manifests. */
export interface CombinedPythonRequirements {
  /** Compatible requirements, by priority. */
  accepted: (PythonRequirement & { range: VersionRange })[];
  /** Requirements that conflict with the accepted ones. */
  conflicting: PythonRequirement[];
  /** Requirements that are not CPython versions: `pypy3.9`. */
  unsupported: PythonRequirement[];
}

/** Manifests by priority: first those whose packages refuse another Python, then those with the author's version. */
const priorities = [
  'cog.yaml',
  'script',
  'pyproject.toml',
  'setup.cfg',
  'setup.py',
  'uv.lock',
  'pylock.toml',
  '.python-version',
  'runtime.txt',
  'bentofile.yaml',
  'langgraph.json',
  'Pipfile',
];

/** Recognizes a requirement that a package declares: it cannot be installed for any other Python. */
export const isMandatory = ({ from }: PythonRequirement): boolean => rank(from) < priorities.indexOf('.python-version');

/** Combines requirements by priority. Accepts each one for which some version meets it and all accepted ones. */
export function combinePythonRequirements(requirements: PythonRequirement[]): CombinedPythonRequirements {
  const result: CombinedPythonRequirements = { accepted: [], conflicting: [], unsupported: [] };
  for (const requirement of requirements.toSorted((left, right) => rank(left.from) - rank(right.from))) {
    const range = parseVersionRange(requirement.specifier);
    if (range === undefined) result.unsupported.push(requirement);
    else if (isSatisfiable([...result.accepted.map((accepted) => accepted.range), range]))
      result.accepted.push({ ...requirement, range });
    else result.conflicting.push(requirement);
  }
  return result;
}

function rank(from: string): number {
  const name =
    from
      .replace(/ \(.*script\)$/, '/script')
      .split(' ')[0]
      ?.split('/')
      .at(-1) ?? '';
  return priorities.includes(name) ? priorities.indexOf(name) : priorities.length;
}

/** Highest minor version and patch to try besides the versions in the ranges. */
const [maxMinor, maxPatch] = [20, 30];

/** Checks whether any version meets all ranges: one named in them, or one of Python 3's releases. */
function isSatisfiable(ranges: VersionRange[]): boolean {
  const all = ranges.flat();
  const isMet = (version: readonly number[]): boolean => satisfies(version, all);
  if (containsWrittenVersion(all)) return true;
  for (let minor = 0; minor <= maxMinor; minor++)
    for (let patch = 0; patch <= maxPatch; patch++) if (isMet([3, minor, patch])) return true;
  return false;
}

/** Describes the requirements that a version does not meet, as sentences; empty when it meets all. */
export function describeUnmet(
  { accepted, conflicting, unsupported }: CombinedPythonRequirements,
  version: string,
): string[] {
  const choice = `uses Python ${version}.`;
  const others = accepted.map(({ from, specifier }) => `${specifier} in ${from}`).join(' and ');
  return [
    ...unsupported.map(
      ({ from, specifier }) => `${from} requires Python “${specifier}”, which is not a CPython version: ${choice}`,
    ),
    ...conflicting
      .filter(({ specifier }) => !satisfies(parseVersion(version), parseVersionRange(specifier) ?? []))
      .map(({ from, specifier }) => `${from} requires Python ${specifier}, which conflicts with ${others}: ${choice}`),
  ];
}

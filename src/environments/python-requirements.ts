import {
  containsWrittenVersion,
  parseVersion,
  parseVersionRange,
  satisfies,
  type VersionRange,
} from './python-version.js';

/** A Python version that a manifest asks for, as written. */
export interface PythonRequirement {
  specifier: string;
  /** `.python-version`, `backend/pyproject.toml`. */
  from: string;
}

/** What all wishes come to. */
export interface CombinedPythonRequirements {
  /** Wishes that hold together, the most important first. */
  accepted: (PythonRequirement & { range: VersionRange })[];
  /** Wishes that the kept ones exclude. */
  conflicting: PythonRequirement[];
  /** Wishes for no CPython version: `pypy3.9`. */
  unsupported: PythonRequirement[];
}

/** Manifests whose packages are refused by another Python, then those that say what their author used. */
const order = [
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

/** A wish that a package states about itself: nothing can be installed that does not meet it. */
export const isMandatory = ({ from }: PythonRequirement): boolean => rank(from) < order.indexOf('.python-version');

/** Combines wishes: each, by importance, as long as some version meets it and all before it. */
export function combinePythonRequirements(wishes: PythonRequirement[]): CombinedPythonRequirements {
  const result: CombinedPythonRequirements = { accepted: [], conflicting: [], unsupported: [] };
  for (const wish of wishes.toSorted((one, other) => rank(one.from) - rank(other.from))) {
    const range = parseVersionRange(wish.specifier);
    if (range === undefined) result.unsupported.push(wish);
    else if (isSatisfiable([...result.accepted.map((kept) => kept.range), range]))
      result.accepted.push({ ...wish, range });
    else result.conflicting.push(wish);
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
  return order.includes(name) ? order.indexOf(name) : order.length;
}

/** Highest minor version and patch that are thought of beyond those that are written. */
const [newestMinor, newestPatch] = [20, 30];

/** Whether any version meets all ranges: one that is written in them, or one of the usual releases. */
function isSatisfiable(ranges: VersionRange[]): boolean {
  const all = ranges.flat();
  const meets = (version: readonly number[]): boolean => satisfies(version, all);
  if (containsWrittenVersion(all)) return true;
  for (let minor = 0; minor <= newestMinor; minor++)
    for (let patch = 0; patch <= newestPatch; patch++) if (meets([3, minor, patch])) return true;
  return false;
}

/** What was asked for and not met, in whole sentences; empty where everything was. */
export function describeUnmet(
  { accepted, conflicting, unsupported }: CombinedPythonRequirements,
  version: string,
): string[] {
  const used = `Python ${version} is used.`;
  const others = accepted.map(({ from, specifier }) => `${from} for ${specifier}`).join(' and ');
  return [
    ...unsupported.map(
      ({ from, specifier }) => `${from} asks for Python “${specifier}”, which is no CPython version; ${used}`,
    ),
    ...conflicting
      .filter(({ specifier }) => !satisfies(parseVersion(version), parseVersionRange(specifier) ?? []))
      .map(
        ({ from, specifier }) => `${from} asks for Python ${specifier}, ${others}, which exclude each other; ${used}`,
      ),
  ];
}

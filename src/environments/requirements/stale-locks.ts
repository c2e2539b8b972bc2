import { createHash } from 'node:crypto';
import { asTable, asText, isTable, type Table, tableAt } from './tables.js';

// These tools store a digest of the manifest in the lock. Versions of a tool digest differently, so a lock is stale
// only when no version would have written its digest.

/** Checks whether `poetry.lock` belongs to another pyproject.toml. */
export function isPoetryLockStale(lock: Table, pyproject: Table): boolean {
  const digest = asText(tableAt(lock, 'metadata')?.['content-hash']);
  return (
    digest !== undefined && !listPoetryContents(pyproject).some((content) => sha256(pythonJson(content)) === digest)
  );
}

/** Returns the content that Poetry 1.0, 1.2, 2.0 and 2.2 digest. */
function listPoetryContents(pyproject: Table): Table[] {
  const poetry = tableAt(pyproject, 'tool', 'poetry') ?? {};
  const projectKeys = ['requires-python', 'dependencies', 'optional-dependencies'];
  const project = pick(tableAt(pyproject, 'project') ?? {}, projectKeys);
  const groups = tableAt(pyproject, 'dependency-groups');
  const legacy = ['dependencies', 'source', 'extras', 'dev-dependencies'];
  const nulls = Object.fromEntries(legacy.map((key) => [key, poetry[key] ?? null]));
  const tool = { poetry: pick(poetry, [...legacy, 'group']) };
  return [
    nulls,
    { ...nulls, ...pick(poetry, ['group']) },
    { project, tool },
    ...(groups === undefined ? [] : [groups].map((found) => ({ 'dependency-groups': found, tool }))),
    ...(groups === undefined ? [] : [{ project, 'dependency-groups': groups, tool }]),
  ];
}

/** Checks whether `pdm.lock` belongs to another pyproject.toml. */
export function isPdmLockStale(lock: Table, pyproject: Table): boolean {
  const digest = asText(tableAt(lock, 'metadata')?.content_hash)?.replace(/^sha256:/, '');
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) return false;
  const project = tableAt(pyproject, 'project') ?? {};
  const pdm = tableAt(pyproject, 'tool', 'pdm') ?? {};
  const resolution = asTable(pdm.resolution);
  const common = {
    sources: pdm.source ?? [],
    dependencies: project.dependencies ?? [],
    'optional-dependencies': project['optional-dependencies'] ?? {},
    'requires-python': project['requires-python'] ?? '',
  };
  const old = asTable(pdm['dev-dependencies']);
  const groups = { ...asTable(pyproject['dependency-groups']), ...old };
  const contents = [
    { ...common, 'dev-dependencies': groups, resolution },
    { ...common, 'dev-dependencies': groups, overrides: resolution.overrides ?? {} },
    { ...common, 'dev-dependencies': old, overrides: resolution.overrides ?? {} },
  ];
  return !contents.some((content) => sha256(pythonJson(content)) === digest);
}

/** Known sections of a Pipfile; all others are custom groups of packages. */
const sections = ['source', 'packages', 'dev-packages', 'requires', 'scripts', 'pipfile', 'pipenv'];

/**
 * Checks whether `Pipfile.lock` belongs to another Pipfile. False for a Pipfile without an index, where it is unknown.
 */
export function isPipfileLockStale(lock: Table, pipfile: Table): boolean {
  const digest = asText(tableAt(lock, '_meta', 'hash')?.sha256);
  if (digest === undefined || pipfile.source === undefined) return false;
  const customGroups = Object.fromEntries(Object.entries(pipfile).filter(([name]) => !sections.includes(name)));
  const content = {
    _meta: { sources: pipfile.source, requires: pipfile.requires ?? {} },
    default: pipfile.packages ?? {},
    develop: pipfile['dev-packages'] ?? {},
  };
  return ![content, { ...content, ...customGroups }].some(
    (variant) => sha256(pythonJson(variant, [',', ':'])) === digest,
  );
}

const pick = (table: Table, keys: string[]): Table =>
  Object.fromEntries(keys.flatMap((key) => (table[key] === undefined ? [] : [[key, table[key]]])));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Formats a value as Python's `json.dumps(value, sort_keys=True)`. */
function pythonJson(value: unknown, separators: [string, string] = [', ', ': ']): string {
  if (Array.isArray(value)) return `[${value.map((item) => pythonJson(item, separators)).join(separators[0])}]`;
  if (isTable(value)) {
    const entries = Object.keys(value)
      .sort()
      .map((key) => `${pythonJson(key)}${separators[1]}${pythonJson(value[key], separators)}`);
    return `{${entries.join(separators[0])}}`;
  }
  return (JSON.stringify(value) ?? 'null').replaceAll(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

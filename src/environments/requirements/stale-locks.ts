import { createHash } from 'node:crypto';
import { asTable, asText, isTable, type Table, tableAt } from './tables.js';

// Each of these tools keeps in its lock a digest of what it locked. Its versions digest differently, so that a lock is
// stale only when none of them would have written the digest that it holds.

/** Whether `poetry.lock` was made for another pyproject.toml. */
export function isPoetryLockStale(lock: Table, pyproject: Table): boolean {
  const kept = asText(tableAt(lock, 'metadata')?.['content-hash']);
  return kept !== undefined && !poetryContents(pyproject).some((content) => sha256(pythonJson(content)) === kept);
}

/** As Poetry 1.0, 1.2, 2.0 and 2.2 see it. */
function poetryContents(pyproject: Table): Table[] {
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

/** Whether `pdm.lock` was made for another pyproject.toml. */
export function isPdmLockStale(lock: Table, pyproject: Table): boolean {
  const kept = asText(tableAt(lock, 'metadata')?.content_hash)?.replace(/^sha256:/, '');
  if (kept === undefined || !/^[0-9a-f]{64}$/.test(kept)) return false;
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
  return !contents.some((content) => sha256(pythonJson(content)) === kept);
}

/** Sections of a Pipfile that are no packages. */
const sections = ['source', 'packages', 'dev-packages', 'requires', 'scripts', 'pipfile', 'pipenv'];

/** Whether `Pipfile.lock` was made for another Pipfile. One that names no index has an index that only Pipenv knows. */
export function isPipfileLockStale(lock: Table, pipfile: Table): boolean {
  const kept = asText(tableAt(lock, '_meta', 'hash')?.sha256);
  if (kept === undefined || pipfile.source === undefined) return false;
  const more = Object.fromEntries(Object.entries(pipfile).filter(([name]) => !sections.includes(name)));
  const content = {
    _meta: { sources: pipfile.source, requires: pipfile.requires ?? {} },
    default: pipfile.packages ?? {},
    develop: pipfile['dev-packages'] ?? {},
  };
  return ![content, { ...content, ...more }].some((one) => sha256(pythonJson(one, [',', ':'])) === kept);
}

const pick = (table: Table, keys: string[]): Table =>
  Object.fromEntries(keys.flatMap((key) => (table[key] === undefined ? [] : [[key, table[key]]])));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As Python's `json.dumps(value, sort_keys=True)` writes it. */
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

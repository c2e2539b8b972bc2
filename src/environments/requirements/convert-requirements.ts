// Converts manifests of Poetry and Pipenv to requirement lines (PEP 508), and their locks to constraints. Needs neither tool.

import { join } from 'node:path/posix';
import { isTable, type Table } from './tables.js';

/** Converts `[tool.poetry.dependencies]` without optional dependencies, which `poetry install` skips too. */
export function convertPoetryDependencies(dependencies: Table, directory = '.'): string[] {
  return Object.entries(dependencies)
    .filter(([name, entry]) => name.toLowerCase() !== 'python' && !isOptional(entry))
    .flatMap(([name, entry]) =>
      (Array.isArray(entry) ? entry : [entry]).map((variant) =>
        formatRequirement(name, variant, directory, convertPoetryVersion),
      ),
    );
}

/** Converts `[packages]` of a Pipfile. Versions have pip's form, `*` for any. */
export function convertPipfilePackages(packages: Table, directory = '.'): string[] {
  return Object.entries(packages).map(([name, entry]) =>
    formatRequirement(name, entry, directory, (version) => (version === '*' ? '' : version)),
  );
}

/** Returns the pins of `poetry.lock`. The resolver chooses the version of a package that is locked in several. */
export function listPoetryPins(lock: Table): string[] {
  const packages = Array.isArray(lock.package) ? (lock.package as Table[]) : [];
  const registered = packages.filter(({ source, path, git, url }) =>
    [source, path, git, url].every((origin) => origin === undefined),
  );
  const counts = new Map<unknown, number>();
  for (const { name } of registered) counts.set(name, (counts.get(name) ?? 0) + 1);
  return registered
    .filter(({ name }) => counts.get(name) === 1)
    .map(({ name, version }) => `${String(name)}==${String(version)}`);
}

/** Returns the pins of `Pipfile.lock`, section `default`. */
export function listPipfilePins(lock: Table): string[] {
  const section = isTable(lock.default) ? lock.default : {};
  return Object.entries(section).flatMap(([name, entry]) =>
    isTable(entry) && typeof entry.version === 'string' ? [`${name}${entry.version}`] : [],
  );
}

const isOptional = (entry: unknown): boolean => isTable(entry) && entry.optional === true;

function formatRequirement(
  name: string,
  entry: unknown,
  directory: string,
  readVersion: (version: string) => string,
): string {
  if (!isTable(entry)) return `${name}${readVersion(String(entry))}`;
  const extras = Array.isArray(entry.extras) ? `[${entry.extras.join(',')}]` : '';
  const markers = [entry.markers, formatPythonMarker(entry.python)].filter((marker) => typeof marker === 'string');
  const marker = markers.length === 0 ? '' : ` ; ${markers.join(' and ')}`;
  const source = formatSource(entry, directory);
  if (source !== undefined) return `${name}${extras} @ ${source}${marker}`;
  return `${name}${extras}${readVersion(String(entry.version ?? '*'))}${marker}`;
}

function formatSource(
  { git, url, path, file, rev, ref, tag, branch, subdirectory }: Table,
  directory: string,
): string | undefined {
  const revision = rev ?? ref ?? tag ?? branch;
  const fragment = typeof subdirectory === 'string' ? `#subdirectory=${subdirectory}` : '';
  if (typeof git === 'string')
    return `git+${convertScpUrl(git)}${revision === undefined ? '' : `@${String(revision)}`}${fragment}`;
  if (typeof url === 'string') return `${url}${fragment}`;
  const local = path ?? file;
  if (typeof local !== 'string' || /^(\/|\w+:)/.test(local)) return typeof local === 'string' ? local : undefined;
  const localPath = join(directory, local);
  return localPath.startsWith('.') ? localPath : `./${localPath}`;
}

/** Converts `git@host:owner/name.git`, which git accepts, to a URL. */
const convertScpUrl = (git: string): string => git.replace(/^([\w.-]+@[\w.-]+):(?!\d|\/\/)/, 'ssh://$1/');

/** Converts Poetry's carets and tildes to ranges. A bare version is exact. `||` has no equivalent and becomes any version. */
export function convertPoetryVersion(version: string): string {
  if (version.includes('|')) return '';
  return version
    .split(',')
    .map((part) => convertPoetryClause(part.trim()))
    .filter((clause) => clause !== '')
    .join(',');
}

function convertPoetryClause(clause: string): string {
  if (clause === '*' || clause === '') return '';
  if (clause.startsWith('^')) return convertCaret(clause.slice(1).trim());
  if (clause.startsWith('~') && !clause.startsWith('~=')) return convertTilde(clause.slice(1).trim());
  return /^\d/.test(clause) ? `==${clause}` : clause.replaceAll(' ', '');
}

/** Converts `^1.2.3`, which allows versions with the same leftmost nonzero part. */
function convertCaret(version: string): string {
  const parts = parseRelease(version);
  const leading = parts.findIndex((part) => part !== 0);
  return `>=${version},<${bumpPart(parts, leading === -1 ? parts.length - 1 : leading)}`;
}

/** Converts `~1.2.3` and `~1.2`, which allow patches, and `~1`, which allows minor versions. */
const convertTilde = (version: string): string =>
  `>=${version},<${bumpPart(parseRelease(version), parseRelease(version).length > 1 ? 1 : 0)}`;

const parseRelease = (version: string): number[] => (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

const bumpPart = (parts: number[], index: number): string =>
  [...parts.slice(0, index), (parts[index] ?? 0) + 1].join('.');

function formatPythonMarker(version: unknown): string | undefined {
  if (typeof version !== 'string' || version === '*') return undefined;
  const clauses = convertPoetryVersion(version).split(',').filter(Boolean);
  const markers = clauses.map((clause) => clause.replace(/^([<>=!~]+)(.*)$/, "python_full_version $1 '$2'"));
  return markers.length === 0 ? undefined : markers.join(' and ');
}

import { join } from 'node:path/posix';
import { getIndexName, isCondaOnly } from './conda-names.js';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import { asTable, asTexts, isTable, type Table, tableAt } from './tables.js';

const files = ['environment.yml', 'environment.yaml', 'conda.yaml', 'conda.yml', 'env.yml', 'env.yaml'];

/** Reads conda's environment file: its requirements for pip, and the conda packages that the package index may have. */
export const readCondaRequirements: RequirementsReader = async (repository, directory) => {
  for (const name of files) {
    const file = join(directory, name);
    const environment = await repository.readManifest(file);
    const entries = environment?.dependencies;
    if (!Array.isArray(entries)) continue;
    const packages = asTexts(entries).map(splitEntry);
    const pip = entries.flatMap((entry) => asTexts(asTable(entry).pip));
    return { ...convertPackages(file, packages), lines: pip };
  }
  return undefined;
};

/** Reads `pixi.toml`, or pixi's tables in `pyproject.toml`. */
export const readPixiRequirements: RequirementsReader = async (repository, directory) => {
  const file = join(directory, 'pixi.toml');
  const manifest = await repository.readManifest(file);
  const shared = tableAt(await repository.readTable(join(directory, 'pyproject.toml')), 'tool', 'pixi');
  const pixi = manifest ?? shared;
  if (pixi === undefined) return undefined;
  const packages = Object.entries(tableAt(pixi, 'dependencies') ?? {}).map(([name, entry]) => ({
    name,
    version: isTable(entry) ? String(entry.version ?? '') : String(entry),
  }));
  const from = manifest === undefined ? `${join(directory, 'pyproject.toml')} (pixi)` : file;
  return { ...convertPackages(from, packages), lines: readIndexPackages(pixi) };
};

/** Reads `[pypi-dependencies]`. Versions have pip's form, `*` for any. */
function readIndexPackages(pixi: Table): string[] {
  return Object.entries(tableAt(pixi, 'pypi-dependencies') ?? {}).flatMap(([name, entry]) => {
    const { version = '*', extras, git, rev, tag, branch, url, path } = isTable(entry) ? entry : { version: entry };
    const written = `${name}${Array.isArray(extras) ? `[${extras.join(',')}]` : ''}`;
    const revision = rev ?? tag ?? branch;
    if (typeof git === 'string')
      return [`${written} @ git+${git}${revision === undefined ? '' : `@${String(revision)}`}`];
    if (typeof url === 'string') return [`${written} @ ${url}`];
    if (typeof path === 'string') return [`./${path}`.replace(/^\.\/(\.\.?(\/|$)|\/)/, '$1')];
    return [version === '*' ? written : `${written}${String(version)}`];
  });
}

interface CondaPackage {
  name: string;
  /** In conda's form: `1.26.*`, `=1.26`, `>=1.2,<2`. */
  version: string;
}

/** Splits `conda-forge::numpy=1.26.*=py311` into `numpy` and `=1.26.*=py311`. */
function splitEntry(entry: string): CondaPackage {
  const written =
    entry
      .split('::')
      .at(-1)
      ?.replace(/\[.*\]$/, '')
      .trim() ?? '';
  const end = written.search(/[\s=<>!~]/);
  return end === -1
    ? { name: written, version: '' }
    : { name: written.slice(0, end), version: written.slice(end).trim() };
}

function convertPackages(from: string, packages: CondaPackage[]): ManifestRequirements {
  const dependencies = packages.filter(
    ({ name }) => !['python', 'pip', 'setuptools', 'wheel', 'python_abi'].includes(name.toLowerCase()),
  );
  const unavailable = dependencies.filter(({ name }) => isCondaOnly(name)).map(({ name }) => name);
  const available = dependencies.filter(({ name }) => !isCondaOnly(name));
  const lines = available.map(({ name, version }) => `${getIndexName(name)}${convertCondaVersion(version)}`);
  const notes =
    unavailable.length === 0
      ? []
      : [`${from} requires conda packages that the package index lacks (${unavailable.join(', ')}): not installed.`];
  const python = packages.find(({ name }) => name === 'python')?.version;
  return {
    from,
    condaPackages: [...new Set(lines)],
    python: python === undefined ? undefined : convertCondaVersion(python),
    notes,
  };
}

/** Converts conda's version to pip's. One `=` matches a prefix; a build follows the second one. */
export function convertCondaVersion(written: string): string {
  const text = written.replaceAll(' ', '');
  if (text === '' || text === '*' || text.includes('|')) return '';
  const [, operator, version = '', build] = /^(=|==)?(\d[\w.+!-]*(?:\.\*)?)(=.*)?$/.exec(text) ?? [];
  if (version === '') return /^[<>=!~]/.test(text) ? text.replace(/(^|,)=(?!=)/g, '$1==') : '';
  if (version.endsWith('.*') || operator === '==' || build !== undefined) return `==${version}`;
  return `==${version}.*`;
}

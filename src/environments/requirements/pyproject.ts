import { join } from 'node:path/posix';
import { convertPoetryDependencies, listPoetryPins } from './convert-requirements.js';
import { listDefaultGroups, listGroupRequirements } from './default-groups.js';
import { isDevelopmentName } from './is-development-name.js';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import type { Repository } from './repository.js';
import { isPdmLockStale, isPoetryLockStale } from './stale-locks.js';
import { asTable, asText, asTexts, isTable, type Table, tableAt } from './tables.js';

/**
 * Reads `pyproject.toml`: `[project]` or Poetry's table, each with its lock, or the dependencies of a build backend.
 */
export const readPyprojectRequirements: RequirementsReader = async (repository, directory) => {
  const file = join(directory, 'pyproject.toml');
  const pyproject = await repository.readManifest(file);
  if (pyproject === undefined) return undefined;
  const poetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies');
  const project = tableAt(pyproject, 'project');
  if (poetry === undefined && project === undefined) return await readBuildBackend(repository, directory, pyproject);
  const declared =
    project === undefined || (poetry !== undefined && !Array.isArray(project.dependencies))
      ? {
          from: `${file} (Poetry)`,
          lines: [poetry ?? {}, ...listGroups(pyproject)].flatMap((table) =>
            convertPoetryDependencies(table, directory),
          ),
        }
      : readProject(file, pyproject, project);
  const locked =
    poetry === undefined
      ? await readPdmLock(repository, directory, pyproject)
      : await readPoetryLock(repository, directory, pyproject);
  const notes = [...describeOptional(file, pyproject), ...(locked.notes ?? [])];
  const python = asText(project?.['requires-python']) ?? asText(poetry?.python);
  return { ...declared, ...locked, options: listIndexOptions(pyproject), python, notes };
};

/** Lists Poetry's groups that are neither optional nor for development. */
const listGroups = (pyproject: Table): Table[] =>
  Object.entries(tableAt(pyproject, 'tool', 'poetry', 'group') ?? {})
    .filter(([name, group]) => !isDevelopmentName(name) && asTable(group).optional !== true)
    .map(([, group]) => asTable(asTable(group).dependencies));

function readProject(file: string, pyproject: Table, project: Table): ManifestRequirements {
  const dynamic = asTexts(project.dynamic);
  const grouped = listGroupRequirements(pyproject, listDefaultGroups(pyproject).included);
  const isComplete =
    asText(project.name) !== undefined && (asText(project.version) !== undefined || dynamic.includes('version'));
  // Without a version it is not a package but a list of requirements, which uv refuses to read.
  if (!isComplete && !hasSources(pyproject))
    return { from: file, lines: [...asTexts(project.dependencies), ...grouped], isPackage: false };
  const isDynamic = dynamic.includes('dependencies');
  const isEmpty = !isDynamic && asTexts(project.dependencies).length === 0;
  return {
    from: file,
    projects: [file],
    lines: grouped,
    needsCopy: isDynamic || hasLocalSources(pyproject),
    hasNoDependencies: isEmpty,
  };
}

const hasSources = (pyproject: Table): boolean => tableAt(pyproject, 'tool', 'uv', 'sources') !== undefined;

const hasLocalSources = (pyproject: Table): boolean =>
  Object.values(tableAt(pyproject, 'tool', 'uv', 'sources') ?? {})
    .flat()
    .some((source) => isTable(source) && (source.path !== undefined || source.workspace === true));

async function readPoetryLock(
  repository: Repository,
  directory: string,
  pyproject: Table,
): Promise<Partial<ManifestRequirements>> {
  const file = join(directory, 'poetry.lock');
  const lock = await repository.readManifest(file);
  if (lock === undefined) return {};
  const constraints = listPoetryPins(lock);
  return isPoetryLockStale(lock, pyproject) ? describeStaleLock(file, 'poetry lock', constraints) : { constraints };
}

/** Reads `pdm.lock`, which lists packages in the form of `poetry.lock`. */
async function readPdmLock(
  repository: Repository,
  directory: string,
  pyproject: Table,
): Promise<Partial<ManifestRequirements>> {
  const file = join(directory, 'pdm.lock');
  const lock = await repository.readManifest(file);
  if (lock === undefined) return {};
  const constraints = listPoetryPins(lock);
  return isPdmLockStale(lock, pyproject) ? describeStaleLock(file, 'pdm lock', constraints) : { constraints };
}

const describeStaleLock = (file: string, command: string, constraints: string[]): Partial<ManifestRequirements> => ({
  constraints,
  isStale: true,
  notes: [
    `${file} is stale: pyproject.toml has changed since. Its versions are kept where they fit; renew it with \`${command}\`.`,
  ],
});

/** Converts the indexes of Poetry's and PDM's tables. */
function listIndexOptions(pyproject: Table): string[] {
  const poetry = tableAt(pyproject, 'tool', 'poetry')?.source;
  const pdm = tableAt(pyproject, 'tool', 'pdm')?.source;
  const sources = [poetry, pdm].flatMap((list) => (Array.isArray(list) ? list.filter(isTable) : []));
  return sources.flatMap(({ name, url, type, default: isDefault, priority }) => {
    if (typeof url !== 'string') return [];
    if (type === 'find_links') return [`--find-links ${url}`];
    // Unless it is the main index, the default index stays available.
    const isMain = isDefault === true || priority === 'default' || name === 'pypi';
    return [`${isMain ? '--index-url' : '--extra-index-url'} ${url}`];
  });
}

/** Describes extras, which are not installed. */
function describeOptional(file: string, pyproject: Table): string[] {
  const extras = Object.keys(tableAt(pyproject, 'project', 'optional-dependencies') ?? {});
  const poetryExtras = Object.keys(tableAt(pyproject, 'tool', 'poetry', 'extras') ?? {});
  const names = [...new Set([...extras, ...poetryExtras])].filter((name) => !isDevelopmentName(name));
  return names.length === 0
    ? []
    : [
        `${file} has optional dependencies (${names.join(', ')}), which are not installed. To install them, add \`.[${names.join(',')}]\` to a requirements.txt in the same directory.`,
      ];
}

/** Reads a manifest whose dependencies only the build backend knows (flit, PDM and others before PEP 621). */
async function readBuildBackend(
  repository: Repository,
  directory: string,
  pyproject: Table,
): Promise<ManifestRequirements | undefined> {
  const setups = await Promise.all(['setup.py', 'setup.cfg'].map((file) => repository.has(join(directory, file))));
  if (setups.includes(true) || tableAt(pyproject, 'build-system') === undefined) return undefined;
  const file = join(directory, 'pyproject.toml');
  return { from: `${file} (build backend)`, projects: [file], needsCopy: true };
}

/**
 * Checks whether a directory is a package. A pyproject.toml that only configures tools is not one, and an invalid
 * pyproject.toml prevents any build.
 */
export async function isInstallable(repository: Repository, directory: string): Promise<boolean> {
  const file = join(directory, 'pyproject.toml');
  const pyproject = await repository.readTable(file);
  if (pyproject === undefined && (await repository.has(file))) return false;
  const isSwitchedOff =
    tableAt(pyproject, 'tool', 'uv')?.package === false ||
    tableAt(pyproject, 'tool', 'poetry')?.['package-mode'] === false;
  if (isSwitchedOff) return false;
  return tableAt(pyproject, 'build-system') !== undefined || (await repository.has(join(directory, 'setup.py')));
}

/** Reads the package's name as written in a manifest; null when no manifest has it. */
export async function readPackageName(repository: Repository, directory: string): Promise<string | null> {
  const pyproject = await repository.readTable(join(directory, 'pyproject.toml'));
  const name = tableAt(pyproject, 'project')?.name ?? tableAt(pyproject, 'tool', 'poetry')?.name;
  if (typeof name === 'string') return name;
  const [settings = '', script = ''] = await Promise.all(
    ['setup.cfg', 'setup.py'].map((file) => repository.readText(join(directory, file))),
  );
  return /^name\s*=\s*([\w.-]+)/m.exec(settings)?.[1] ?? /\bname\s*=\s*["']([\w.-]+)["']/.exec(script)?.[1] ?? null;
}

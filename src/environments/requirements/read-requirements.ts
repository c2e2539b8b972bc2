import { dirname, join } from 'node:path/posix';
import type { Facts } from '../../contract/facts.js';
import { type PipFiles, readPipFiles } from '../pip-files/read-pip-files.js';
import type { Variables } from '../pip-files/variables.js';
import type { Asked, Asker, LockFile } from './asked.js';
import { askBentofile } from './bento.js';
import { askCog } from './cog.js';
import { askConda, askPixi } from './conda.js';
import { readLanggraph } from './langgraph.js';
import { isLocalRequirement, readLocalProjects, readSources } from './local-projects.js';
import { askPipfile } from './pipenv.js';
import { askPyproject, isInstallable, readPackageName } from './pyproject.js';
import { Repository } from './repository.js';
import { askOtherRequirementFiles, askRequirementsFile } from './requirement-files.js';
import { askScript } from './script.js';
import { askSetup } from './setup.js';
import { tableAt } from './tables.js';
import { ancestors, askPylock, askUvLock } from './uv-project.js';

/** What a repository asks for, before it is resolved. */
export interface Requirements {
  /** The manifests that decided, for a person. */
  from: string;
  lock: LockFile | null;
  /** Requirement files of the repository, relative to it. */
  pipFiles: string[];
  /** Everything that is written as pip reads it: of requirement files, and what Berth wrote from other manifests. */
  pip: PipFiles;
  /** Manifests that uv reads itself. */
  projects: string[];
  /** Requirements that Berth wrote from other manifests. */
  lines: string[];
  /** Where these come from, as options of a requirement file. */
  options: string[];
  /** Of conda: packages that may have other versions on the index, or be missing there. */
  wishes: string[];
  /** Requirements of the strategy. */
  added: string[];
  /** Versions to keep to, where another tool has locked them. */
  constraints: string[];
  /** They are kept where they fit, because their lock is older than its manifest. */
  isStale: boolean;
  /** Directories of the repository that are packages to be installed: `.`, `backend`. */
  packages: string[];
  /** The first package's name, where it is written down. */
  packageName: string | null;
  /** True when reading or building it may run code of the repository or write beside it. */
  needsCopy: boolean;
  /** Everything that the resolution depends on. */
  texts: string[];
  notes: string[];
}

export interface ReadOptions {
  /** Requirement lines of the strategy. */
  added?: string[] | undefined;
  /** The file that is called, relative to the repository: manifests beside it come before those above. */
  entry?: string | null | undefined;
  /** Variables that a path in a requirement file may name. */
  variables?: Variables | undefined;
}

/**
 * Reads what a repository requires. Of the manifests in one directory the first of these counts: `uv.lock`,
 * `pylock.toml`, `requirements.txt`, `pyproject.toml`, `setup.py` or `setup.cfg`, `Pipfile`, other requirement files,
 * conda's and pixi's. Of the directories the one that is nearest to the entry counts, and the root where that is a package.
 *
 * Before all of these come `cog.yaml`, the block of a script, BentoML's file and `langgraph.json`, each of which says
 * itself what its software needs.
 *
 * @throws DEPENDENCY_UNRESOLVED for what cannot be read, naming file and line.
 */
export async function readRequirements(
  directory: string,
  facts: Pick<Facts, 'cog'>,
  { added = [], entry = null, variables = {} }: ReadOptions = {},
): Promise<Requirements> {
  const repository = new Repository(directory);
  const asked = await askAll(repository, facts, entry ?? null);
  const sources = asked.map(({ from, pipFiles = [], lines = [], options = [] }) => ({
    files: pipFiles,
    from,
    lines: [...options, ...lines],
  }));
  const pip = await readPipFiles(directory, sources, variables);
  const packages = await findPackages(repository, asked);
  const local = [...pip.requirements, ...added.map((text) => ({ text }))].filter(({ text }) =>
    isLocalRequirement(text),
  );
  const projects = [...new Set(asked.flatMap(({ projects = [] }) => projects))];
  await readSources(repository, projects);
  await readLocalProjects(
    repository,
    local.map(({ text }) => text),
  );
  return {
    from: [...new Set(asked.map(({ from }) => from))].join(', ') || 'no manifest',
    lock: asked.find(({ lock }) => lock !== undefined)?.lock ?? null,
    pipFiles: [...new Set(asked.flatMap(({ pipFiles = [] }) => pipFiles))],
    pip,
    projects,
    lines: asked.flatMap(({ lines = [] }) => lines),
    options: asked.flatMap(({ options = [] }) => options),
    wishes: asked.flatMap(({ wishes = [] }) => wishes),
    added,
    constraints: asked.flatMap(({ constraints = [] }) => constraints),
    isStale: asked.some(({ isStale }) => isStale === true),
    packages,
    packageName: packages[0] === undefined ? null : await readPackageName(repository, packages[0]),
    needsCopy: packages.length > 0 || local.length > 0 || asked.some(({ needsCopy }) => needsCopy === true),
    texts: [...(await repository.texts()), ...pip.texts],
    notes: [...new Set([...asked.flatMap(({ notes = [] }) => notes), ...pip.notes])],
  };
}

interface Placed extends Asked {
  directory: string;
}

async function askAll(repository: Repository, { cog }: Pick<Facts, 'cog'>, entry: string | null): Promise<Placed[]> {
  const start = entry === null ? '.' : dirname(entry);
  const own =
    (await askCog(repository, tableAt(cog ?? undefined, 'build'))) ??
    (entry === null ? undefined : await askScript(repository, entry)) ??
    (await firstOf(repository, ancestors(start), askBentofile));
  if (own !== undefined) return [{ ...own, directory: '.' }];
  for (const directory of ancestors(start)) {
    const graph = await readLanggraph(repository, directory);
    if (graph === undefined) continue;
    const places = await Promise.all(graph.directories.map((place) => askPlace(repository, place)));
    const listed =
      graph.lines.length === 0 ? [] : [{ from: graph.file, lines: graph.lines, isPackage: false, directory }];
    return [...places.flat(), ...listed];
  }
  return await askNearest(repository, start);
}

async function firstOf(repository: Repository, directories: string[], asker: Asker): Promise<Asked | undefined> {
  for (const directory of directories) {
    const asked = await asker(repository, directory);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

/** What lies beside the entry, else above it; the root too where that is a package of its own. */
async function askNearest(repository: Repository, start: string): Promise<Placed[]> {
  for (const directory of ancestors(start)) {
    const found = await askPlace(repository, directory);
    if (found.length === 0) continue;
    const isWhole = directory === '.' || found.some(({ lock }) => lock !== undefined);
    return isWhole || !(await isInstallable(repository, '.'))
      ? found
      : [...found, ...(await askPlace(repository, '.'))];
  }
  return [];
}

async function askPlace(repository: Repository, directory: string): Promise<Placed[]> {
  const locked = (await askUvLock(repository, directory)) ?? (await askPylock(repository, directory));
  if (locked !== undefined) return [{ ...locked, directory }];
  const listed = await askRequirementsFile(repository, directory);
  const isPackage = await isInstallable(repository, directory);
  const project = (await askPyproject(repository, directory)) ?? (await askSetup(repository, directory));
  if (listed !== undefined) {
    // A package is resolved together with its own dependencies; where they stand besides, the list says which.
    const own = isPackage && project !== undefined ? [{ ...project, directory }] : [];
    return [{ ...listed, isPackage, directory }, ...own];
  }
  const rest = async () =>
    (await askPipfile(repository, directory)) ??
    (await askOtherRequirementFiles(repository, directory)) ??
    (await askConda(repository, directory)) ??
    (await askPixi(repository, directory));
  if (project === undefined) {
    const other = await rest();
    return other === undefined ? [] : [{ ...other, directory }];
  }
  const other = project.isEmpty === true ? await rest() : undefined;
  return [{ ...project, directory }, ...(other === undefined ? [] : [{ ...other, isPackage, directory }])];
}

async function findPackages(repository: Repository, asked: Placed[]): Promise<string[]> {
  const found = await Promise.all(
    asked.map(async ({ directory, isPackage }) =>
      (isPackage ?? (await isInstallable(repository, directory))) ? [directory] : [],
    ),
  );
  return [...new Set(found.flat())].map((directory) => join(directory));
}

import { dirname } from 'node:path/posix';
import { type PipFiles, readPipFiles } from '../pip-files/read-pip-files.js';
import type { Variables } from '../pip-files/variables.js';
import type { PythonRequirement } from '../python-requirements.js';
import { collectRequirements, findPackages, type RequirementFacts } from './collect-requirements.js';
import { isLocalRequirement, readBuildInputs, readLocalProjects } from './local-projects.js';
import type { LockFile } from './manifest-requirements.js';
import { readPackageName } from './pyproject.js';
import { readVersionFiles } from './read-version-files.js';
import { Repository } from './repository.js';

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
  condaPackages: string[];
  /** Requirements of the strategy. */
  strategyRequirements: string[];
  /** Versions to keep to, where another tool has locked them. */
  constraints: string[];
  /** They are kept where they fit, because their lock is older than its manifest. */
  isStale: boolean;
  /** Directories of the repository that are packages to be installed: `.`, `backend`. */
  packages: string[];
  /** The first package's name, where it is written down. */
  packageName: string | null;
  /** Pythons that its manifests ask for. */
  pythons: PythonRequirement[];
  /** True when another Python version would choose other requirement files. */
  dependsOnPython: boolean;
  /** True when reading or building it may run code of the repository or write beside it. */
  needsCopy: boolean;
  /** Everything that the resolution depends on. */
  texts: string[];
  /** Manifests that could not be read, in sentences without their stop. */
  unreadManifests: string[];
  notes: string[];
}

export interface ReadRequirementsOptions {
  /** Requirement lines of the strategy. */
  strategyRequirements?: string[] | undefined;
  /** The file that is called, relative to the repository: manifests beside it come before those above. */
  entry?: string | null | undefined;
  /** The interpreter, which chooses between requirement files for different Pythons; the newest when absent. */
  pythonVersion?: string | undefined;
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
 * A manifest that cannot be read is noted, and counts as missing.
 *
 * @throws DEPENDENCY_UNRESOLVED for a lock or a requirement file that cannot be read, naming file and line.
 */
export async function readRequirements(
  directory: string,
  facts: RequirementFacts,
  { strategyRequirements = [], entry = null, variables = {}, pythonVersion }: ReadRequirementsOptions = {},
): Promise<Requirements> {
  const repository = new Repository(directory);
  const collected = await collectRequirements(repository, facts, { entry, pythonVersion });
  const sources = collected.map(({ from, pipFiles = [], lines = [], options = [] }) => ({
    files: pipFiles,
    from,
    lines: [...options, ...lines],
  }));
  const pip = await readPipFiles(directory, sources, variables);
  const packages = await findPackages(repository, collected);
  const local = [...pip.requirements, ...strategyRequirements.map((text) => ({ text }))].filter(({ text }) =>
    isLocalRequirement(text),
  );
  const projects = [...new Set(collected.flatMap(({ projects = [] }) => projects))];
  await readBuildInputs(repository, projects);
  await readLocalProjects(
    repository,
    local.map(({ text }) => text),
  );
  const unread = repository.listUnread();
  return {
    from: [...new Set(collected.map(({ from }) => from))].join(', ') || 'no manifest',
    lock: collected.find(({ lock }) => lock !== undefined)?.lock ?? null,
    pipFiles: [...new Set(collected.flatMap(({ pipFiles = [] }) => pipFiles))],
    pip,
    projects,
    lines: collected.flatMap(({ lines = [] }) => lines),
    options: collected.flatMap(({ options = [] }) => options),
    condaPackages: collected.flatMap(({ condaPackages = [] }) => condaPackages),
    strategyRequirements,
    constraints: collected.flatMap(({ constraints = [] }) => constraints),
    isStale: collected.some(({ isStale }) => isStale === true),
    packages,
    packageName: packages[0] === undefined ? null : await readPackageName(repository, packages[0]),
    pythons: [
      ...collected.flatMap(({ from, python }) =>
        python === undefined || python === '' ? [] : [{ specifier: python, from }],
      ),
      ...(await readVersionFiles(repository, entry === null ? '.' : dirname(entry))),
    ],
    dependsOnPython: collected.some(({ dependsOnPython }) => dependsOnPython === true),
    needsCopy: packages.length > 0 || local.length > 0 || collected.some(({ needsCopy }) => needsCopy === true),
    unreadManifests: unread,
    texts: [...(await repository.listTexts()), ...pip.texts],
    notes: [...new Set([...unread.map(asSentence), ...collected.flatMap(({ notes = [] }) => notes), ...pip.notes])],
  };
}

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

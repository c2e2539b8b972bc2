import { dirname } from 'node:path/posix';
import { mapInSlices } from '../../parsing/time-slicing.js';
import type { PipFiles } from '../pip-files/pip-files.js';
import { readPipFiles } from '../pip-files/read-pip-files.js';
import type { Variables } from '../pip-files/variables.js';
import type { PythonRequirement } from '../python-requirements.js';
import { collectRequirements, findPackages, type RequirementFacts } from './collect-requirements.js';
import { isLocalRequirement, readBuildInputs, readLocalProjects } from './local-projects.js';
import type { LockFile } from './manifest-requirements.js';
import { readPackageName } from './pyproject.js';
import { readVersionFiles } from './read-version-files.js';
import { Repository } from './repository.js';

/** The unresolved requirements of a repository. */
export interface Requirements {
  /** Display names of the manifests. */
  from: string;
  lock: LockFile | null;
  /** Requirement files of the repository, relative to it. */
  pipFiles: string[];
  /** Requirements in pip's form: from requirement files, and converted from other manifests. */
  pip: PipFiles;
  /** Manifests that uv reads itself. */
  projects: string[];
  /** Requirement lines converted from other manifests. */
  lines: string[];
  /** Options about their sources, as lines of a requirement file. */
  options: string[];
  /** Requirement lines of conda packages, which the package index may lack or have in other versions. */
  condaPackages: string[];
  /** Packages of the strategy, as requirement lines. */
  strategyRequirements: string[];
  /** Pins from another tool's lock. */
  constraints: string[];
  /** True when that lock is older than its manifest, so that its versions are preferences only. */
  isStale: boolean;
  /** Packages of the repository to install, as directories: `.`, `backend`. */
  packages: string[];
  /** Name of the first package, if a manifest has it. */
  packageName: string | null;
  /** Pythons that the manifests require. */
  pythons: PythonRequirement[];
  /** True when another Python version would choose other requirement files. */
  dependsOnPython: boolean;
  /** True when reading or building may run code of the repository or write into it. */
  needsCopy: boolean;
  /** Path and text of every file that the resolution depends on. */
  texts: string[];
  /** Manifests that could not be read, in sentences without a period. */
  unreadManifests: string[];
  notes: string[];
}

export interface ReadRequirementsOptions {
  /** Packages of the strategy, as requirement lines. */
  strategyRequirements?: string[] | undefined;
  /** File of the entry, relative to the repository. Manifests near it take precedence. */
  entry?: string | null | undefined;
  /** The interpreter, which chooses between requirement files for different Pythons; the newest when absent. */
  pythonVersion?: string | undefined;
  /** Variables that a path in a requirement file may name. */
  variables?: Variables | undefined;
}

/**
 * Reads the requirements of a repository. In a directory, the first manifest of this list counts: `uv.lock`,
 * `pylock.toml`, `requirements.txt`, `pyproject.toml`, `setup.py` or `setup.cfg`, `Pipfile`, other requirement files,
 * conda's and pixi's manifests. The directory nearest to the entry counts, and also the root if it is a package.
 *
 * `cog.yaml`, the metadata of a script, BentoML's manifest and `langgraph.json` take precedence over all of these.
 *
 * A manifest that cannot be read counts as missing, with a note.
 *
 * @throws DEPENDENCY_UNRESOLVED when a lock or a requirement file cannot be read, with its location.
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
  const required = [...pip.requirements.map(({ text }) => text), ...strategyRequirements];
  const isLocal = await mapInSlices(required, isLocalRequirement);
  const local = required.filter((_, index) => isLocal[index]);
  const projects = [...new Set(collected.flatMap(({ projects = [] }) => projects))];
  await readBuildInputs(repository, projects);
  await readLocalProjects(repository, local);
  const unreadManifests = repository.listUnread();
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
    unreadManifests,
    texts: [...(await repository.listTexts()), ...pip.texts],
    notes: [
      ...new Set([...unreadManifests.map(asSentence), ...collected.flatMap(({ notes = [] }) => notes), ...pip.notes]),
    ],
  };
}

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

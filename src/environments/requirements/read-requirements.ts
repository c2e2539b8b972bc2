import { dirname } from 'node:path/posix';
import { type PipFiles, readPipFiles } from '../pip-files/read-pip-files.js';
import type { Variables } from '../pip-files/variables.js';
import type { PythonWish } from '../python-wishes.js';
import { askAll, findPackages, type Manifested } from './ask-all.js';
import type { LockFile } from './asked.js';
import { isLocalRequirement, readLocalProjects, readSources } from './local-projects.js';
import { readPackageName } from './pyproject.js';
import { Repository } from './repository.js';
import { readVersionFiles } from './version-files.js';

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
  /** Pythons that its manifests ask for. */
  pythons: PythonWish[];
  /** True when reading or building it may run code of the repository or write beside it. */
  needsCopy: boolean;
  /** Everything that the resolution depends on. */
  texts: string[];
  /** Manifests that could not be read, in sentences without their stop. */
  unread: string[];
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
 * A manifest that cannot be read is noted, and counts as missing.
 *
 * @throws DEPENDENCY_UNRESOLVED for a lock or a requirement file that cannot be read, naming file and line.
 */
export async function readRequirements(
  directory: string,
  facts: Manifested,
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
  const unread = repository.unread();
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
    pythons: [
      ...asked.flatMap(({ from, python }) =>
        python === undefined || python === '' ? [] : [{ specifier: python, from }],
      ),
      ...(await readVersionFiles(repository, entry === null ? '.' : dirname(entry))),
    ],
    needsCopy: packages.length > 0 || local.length > 0 || asked.some(({ needsCopy }) => needsCopy === true),
    unread,
    texts: [...(await repository.texts()), ...pip.texts],
    notes: [...new Set([...unread.map(asSentence), ...asked.flatMap(({ notes = [] }) => notes), ...pip.notes])],
  };
}

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

import { basename, dirname } from 'node:path/posix';
import type { Facts } from '../contract/facts.js';
import { berthHome } from '../home/home.js';
import { listSourceFiles, type SourceFile } from '../workspaces/list-source-files.js';
import { readSourceText } from '../workspaces/read-source-text.js';
import { buildTags } from './build-tags.js';
import type { CodeFacts } from './code-facts.js';
import { countLanguages } from './count-languages.js';
import { isGpuLibrary, isModelFile, isModelLibrary } from './known-libraries.js';
import { normalizeName, parseRequirements } from './manifests/parse-requirement.js';
import { type Manifests, readManifests } from './manifests/read-manifests.js';
import { type ReadCodeOptions, readCode } from './read-code.js';

export interface GatherOptions extends Partial<ReadCodeOptions> {
  /** Paths to include even when a `.gitignore` matches them. Defaults to the paths that git tracks. */
  tracked?: readonly string[] | undefined;
}

/** Maximum characters of the README in the facts. */
const maxReadmeLength = 2000;

const projectFiles = new Set(['pyproject.toml', 'setup.py', 'setup.cfg']);

/**
 * Gathers facts about a repository from the files that a workspace would contain. Runs nothing and writes nothing to it.
 * Files that cannot be read, or not in time, are omitted and reported in `notes`.
 *
 * @throws SOURCE_NOT_FOUND, SOURCE_UNSAFE, or TOOL_MISSING when no Python is available to parse with
 */
export async function gatherFacts(path: string, options: GatherOptions = {}): Promise<Facts> {
  const notes: string[] = [];
  const listed = await listSourceFiles(path, { onNote: (note) => notes.push(note), tracked: options.tracked });
  const files = listed.filter(({ kind }) => kind === 'file');
  const paths = files.map((file) => file.path);
  const readme = findReadme(paths);
  const [manifests, code, text] = await Promise.all([
    readManifests(path, paths),
    readCode(
      {
        root: path,
        files: paths.filter((file) => file.endsWith('.py')),
        projects: listProjects(paths),
        setupCfg: paths.includes('setup.cfg') ? 'setup.cfg' : null,
        readme,
      },
      { home: berthHome(), ...options },
    ),
    readme === null ? null : readSourceText(path, readme),
  ]);
  if (text?.problem !== undefined) notes.push(`${readme} ${text.problem}.`);
  const facts = combineFacts(files, manifests, code);
  const complete = {
    ...facts,
    readme: text?.text?.slice(0, maxReadmeLength) ?? null,
    notes: [...notes.map(toSentence), ...manifests.notes, ...code.notes],
  };
  return { ...complete, tags: buildTags(complete, code) };
}

/** Lists the subdirectories that are separate projects. */
function listProjects(paths: string[]): string[] {
  const nested = paths.filter((path) => path.includes('/') && projectFiles.has(basename(path)));
  return [...new Set(nested.map((path) => dirname(path)))];
}

const toSentence = (note: string): string => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;

function combineFacts(
  files: SourceFile[],
  { manifests, facts }: Manifests,
  code: CodeFacts,
): Omit<Facts, 'readme' | 'notes' | 'tags'> {
  const setup = code.setup.flatMap(({ file, requires }) => parseRequirements(requires, file));
  const dependencies = [...facts.flatMap(({ dependencies: found = [] }) => found), ...setup];
  const paths = files.map(({ path }) => path);
  const pythons = sortPythons([...facts.flatMap(({ python }) => python ?? []), ...listSetupPythons(code)]);
  return {
    size: { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) },
    languages: countLanguages(paths),
    manifests,
    dependencies,
    python: pythons[0] ?? null,
    pythons,
    entryPoints: code.entryPoints,
    documentedCalls: code.documentedCalls,
    frameworks: [...facts.flatMap(({ frameworks = [] }) => frameworks), ...code.frameworks],
    models: [...code.models, ...paths.filter(isModelFile), ...listLibraries(dependencies, code, isModelLibrary)],
    gpu: [
      ...facts.flatMap(({ gpu = [] }) => gpu),
      ...dependencies.filter(({ name }) => isGpuLibrary(name)).map(({ name, from }) => `${from}: ${name}`),
      ...code.gpu.map(({ evidence }) => evidence),
    ],
    syntaxErrors: code.syntaxErrors,
    imports: code.imports,
    images: code.images,
    cog: facts.find(({ cog }) => cog !== undefined)?.cog ?? null,
    exposes: [...new Set(facts.flatMap(({ exposes = [] }) => exposes))],
  };
}

/** Precedence of the files that can request a Python version: the most exact and deliberate first. */
const pythonOrder = [
  'cog.yaml',
  '.python-version',
  'runtime.txt',
  'pyproject.toml',
  'Pipfile',
  'setup.cfg',
  'setup.py',
];

function sortPythons(requested: Facts['pythons']): Facts['pythons'] {
  const rank = (from: string): number => (pythonOrder.includes(from) ? pythonOrder.indexOf(from) : pythonOrder.length);
  return requested.toSorted((left, right) => rank(left.from) - rank(right.from));
}

const listSetupPythons = (code: CodeFacts): NonNullable<Facts['python']>[] =>
  code.setup.flatMap(({ file, python }) => (python === null ? [] : [{ specifier: python, from: file }]));

function listLibraries(
  dependencies: Facts['dependencies'],
  code: CodeFacts,
  matches: (name: string) => boolean,
): string[] {
  const names = [...dependencies.map(({ name }) => name), ...code.thirdParty.map(normalizeName)];
  return [...new Set(names)].filter(matches).map((name) => `${name} (library)`);
}

const findReadme = (paths: string[]): string | null =>
  paths.find((path) => !path.includes('/') && /^readme(\.(md|rst|txt))?$/i.test(basename(path))) ?? null;

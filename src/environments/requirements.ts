import { access, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Facts } from '../contract/facts.js';
import { fromPipfile, fromPoetry, pinsOfPipfileLock, pinsOfPoetryLock } from './foreign-requirements.js';

type Table = Record<string, unknown>;

/** What a repository asks for, before it is resolved. */
export interface Requirements {
  /** The manifest that decided, for a person. */
  from: string;
  /** True for a uv.lock: nothing is left to resolve. */
  isLocked: boolean;
  /** Manifests that uv reads itself, relative to the repository. */
  files: string[];
  /** Requirement lines that Berth wrote from other manifests. */
  lines: string[];
  /** Versions to keep to, where another tool has locked them. */
  constraints: string[];
  /** True when the repository itself is to be installed. */
  isPackage: boolean;
  /** The package's name, where it is written down. */
  packageName: string | null;
  /** True when reading or building it may run code of the repository or write beside it. */
  needsCopy: boolean;
  /** Everything that the resolution depends on. */
  texts: string[];
  notes: string[];
}

interface Manifests {
  directory: string;
  pyproject: Table | undefined;
  cog: Table | undefined;
  has: (file: string) => Promise<boolean>;
  read: (file: string) => Promise<string>;
}

type Asked = Pick<Requirements, 'from' | 'files'> & Partial<Requirements>;

/**
 * Which manifest counts, first match: `cog.yaml` (Cog reads no other), `uv.lock`, `requirements.txt`, `pyproject.toml`
 * (`[project]`, then Poetry's table), `setup.py` or `setup.cfg`, `Pipfile`. A repository that is a package is resolved
 * together with its own dependencies also when `requirements.txt` counts.
 */
export async function readRequirements(directory: string, facts: Facts, extras: string[] = []): Promise<Requirements> {
  const manifests = await openManifests(directory, facts);
  const asked =
    (await askCog(manifests)) ??
    (await askUvLock(manifests)) ??
    (await askRequirementsFile(manifests)) ??
    (await askPyproject(manifests)) ??
    (await askSetup(manifests)) ??
    (await askPipfile(manifests)) ??
    ({ from: 'no manifest', files: [] } satisfies Asked);
  const isPackage = asked.isPackage ?? (await isInstallable(manifests));
  const lines = [...(asked.lines ?? []), ...extras];
  const texts = await collectTexts(manifests, asked.files);
  const complete = {
    isLocked: false,
    constraints: [],
    packageName: readName(manifests),
    notes: [],
    ...asked,
    lines,
    texts,
    isPackage,
  };
  return {
    ...complete,
    needsCopy: isPackage || asked.needsCopy === true || [...texts, ...lines].some(mentionsLocalPath),
  };
}

async function openManifests(directory: string, facts: Facts): Promise<Manifests> {
  const has = (file: string) =>
    access(join(directory, file)).then(
      () => true,
      () => false,
    );
  const read = (file: string) => readFile(join(directory, file), 'utf8');
  const pyproject = (await has('pyproject.toml')) ? await parseToml(await read('pyproject.toml')) : undefined;
  return { directory, pyproject, cog: tableAt(facts.cog ?? undefined, 'build'), has, read };
}

async function parseToml(text: string): Promise<Table | undefined> {
  const { parse } = await import('smol-toml');
  try {
    return parse(text);
  } catch {
    return undefined; // it is handed to uv, which says what is wrong
  }
}

function tableAt(table: Table | undefined, ...keys: string[]): Table | undefined {
  const value = keys.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), table);
  return isTable(value) ? value : undefined;
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function askCog({ cog, has }: Manifests): Promise<Asked | undefined> {
  if (cog === undefined) return undefined;
  const system = Array.isArray(cog.system_packages) ? cog.system_packages.map(String) : [];
  const notes = [
    ...(system.length > 0
      ? [`cog.yaml asks for system packages (${system.join(', ')}); Berth does not install them here.`]
      : []),
    ...(cog.run !== undefined ? ['cog.yaml asks for build commands (`run`); Berth does not run them here.'] : []),
  ];
  const file = cog.python_requirements;
  if (typeof file === 'string' && (await has(file)))
    return { from: `cog.yaml (${file})`, files: [file], isPackage: false, notes };
  if (!Array.isArray(cog.python_packages)) return undefined;
  return { from: 'cog.yaml', files: [], lines: cog.python_packages.map(String), isPackage: false, notes };
}

async function askUvLock({ has, read, pyproject }: Manifests): Promise<Asked | undefined> {
  if (pyproject === undefined || !(await has('uv.lock'))) return undefined;
  const lock = await read('uv.lock');
  const needsCopy = /source = \{ (editable|directory|path)/.test(lock);
  return { from: 'uv.lock', files: ['pyproject.toml', 'uv.lock'], isLocked: true, needsCopy };
}

async function askRequirementsFile(manifests: Manifests): Promise<Asked | undefined> {
  if (!(await manifests.has('requirements.txt'))) return undefined;
  const own = (await isInstallable(manifests))
    ? ((await askPyproject(manifests)) ?? (await askSetup(manifests)))
    : undefined;
  return { ...own, from: 'requirements.txt', files: ['requirements.txt', ...(own?.files ?? [])] };
}

async function askPyproject(manifests: Manifests): Promise<Asked | undefined> {
  const { pyproject, has, read } = manifests;
  if (pyproject === undefined) {
    return (await has('pyproject.toml')) ? { from: 'pyproject.toml', files: ['pyproject.toml'] } : undefined;
  }
  const project = tableAt(pyproject, 'project');
  const poetry = tableAt(pyproject, 'tool', 'poetry', 'dependencies');
  const poetryLock = poetry && (await has('poetry.lock')) ? await parseToml(await read('poetry.lock')) : undefined;
  const constraints = poetryLock === undefined ? [] : pinsOfPoetryLock(poetryLock);
  if (poetry !== undefined && !Array.isArray(project?.dependencies)) {
    return { from: 'pyproject.toml (Poetry)', files: [], lines: fromPoetry(poetry), constraints };
  }
  if (project === undefined) return await askBuildSystem(manifests);
  const needsCopy = Array.isArray(project.dynamic) && project.dynamic.includes('dependencies');
  return { from: 'pyproject.toml', files: ['pyproject.toml'], constraints, needsCopy };
}

/** Dependencies that only the build backend knows (flit, pdm and others before PEP 621). */
async function askBuildSystem({ pyproject, has }: Manifests): Promise<Asked | undefined> {
  const hasSetup = (await has('setup.py')) || (await has('setup.cfg'));
  if (hasSetup || tableAt(pyproject, 'build-system') === undefined) return undefined;
  return { from: 'pyproject.toml (build backend)', files: ['pyproject.toml'], needsCopy: true };
}

async function askSetup({ has }: Manifests): Promise<Asked | undefined> {
  if (await has('setup.py')) return { from: 'setup.py', files: ['setup.py'], needsCopy: true };
  if (await has('setup.cfg')) return { from: 'setup.cfg', files: ['setup.cfg'], needsCopy: true };
  return undefined;
}

async function askPipfile({ has, read }: Manifests): Promise<Asked | undefined> {
  if (!(await has('Pipfile'))) return undefined;
  const packages = tableAt(await parseToml(await read('Pipfile')), 'packages') ?? {};
  const lock = (await has('Pipfile.lock')) ? parseJson(await read('Pipfile.lock')) : {};
  return { from: 'Pipfile', files: [], lines: fromPipfile(packages), constraints: pinsOfPipfileLock(lock) };
}

function parseJson(text: string): Table {
  try {
    const value: unknown = JSON.parse(text);
    return isTable(value) ? value : {};
  } catch {
    return {};
  }
}

/** A pyproject.toml that only configures tools is no package. */
async function isInstallable({ pyproject, has }: Manifests): Promise<boolean> {
  const isSwitchedOff =
    tableAt(pyproject, 'tool', 'uv')?.package === false ||
    tableAt(pyproject, 'tool', 'poetry')?.['package-mode'] === false;
  return !isSwitchedOff && (tableAt(pyproject, 'build-system') !== undefined || (await has('setup.py')));
}

function readName({ pyproject }: Manifests): string | null {
  const name = tableAt(pyproject, 'project')?.name ?? tableAt(pyproject, 'tool', 'poetry')?.name;
  return typeof name === 'string' ? name : null;
}

/** The texts of the files, of what they include with `-r` and `-c`, and of the projects they name by path. */
async function collectTexts({ has, read }: Manifests, files: string[]): Promise<string[]> {
  const queue = [...files];
  const texts = new Map<string, string>();
  for (const file of queue) {
    if (texts.has(file) || !(await has(file))) continue;
    const text = await read(file).catch(() => ''); // a directory: its manifests follow
    texts.set(file, text);
    if (file.endsWith('.txt') || file.endsWith('.in')) queue.push(...namedFiles(text, dirname(file)));
  }
  return [...texts].flat();
}

const projectFiles = ['pyproject.toml', 'setup.py', 'setup.cfg'];

function namedFiles(text: string, base: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const included = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/.exec(line)?.[1];
    if (included !== undefined) return [normalize(join(base, included))];
    const project = localPath.exec(line)?.[1];
    return project === undefined ? [] : projectFiles.map((file) => normalize(join(base, project, file)));
  });
}

/** `-e .`, `./libs/tool`, `tool @ ./libs/tool`, `file:libs/tool`. */
const localPath =
  /^\s*(?:-e\s+|--editable[\s=]+)?(?:[\w.[\]-]+\s*@\s*)?(?:file:(?:\/\/)?)?(\.{1,2}(?:\/[^\s;#[]*)?)(?=[\s;#[]|$)/;

const mentionsLocalPath = (text: string): boolean =>
  text.split(/\r?\n/).some((line) => localPath.test(line)) || /^\s*[\w."-]+\s*=\s*\{[^}\n]*\bpath\s*=/m.test(text);

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUvFailure } from '../explain-uv-failure.js';
import type { PipFiles } from '../pip-files/read-pip-files.js';
import { formatUvFile, restoreLocations, type UvFile } from '../pip-files/uv-file.js';
import { runUvBuild } from '../run-uv-build.js';
import { compileCondaPackages } from './compile-conda-packages.js';
import { buildLock, type Lock, type LockDocument, normalizeName, readLockDocument, toPreferences } from './lock.js';
import type { Resolution } from './resolution.js';

export interface CompileRequest {
  /** Requirement lines besides those of the repository's files. */
  lines: string[];
  /** Manifests that uv reads itself. */
  projects: string[];
  constraints: string[];
  /** Versions that are taken where they fit. */
  preferences?: LockDocument | undefined;
  pip: PipFiles;
}

/** Resolves everything that is asked for at once. Throws DEPENDENCY_UNRESOLVED. */
export async function compileRequirements(resolution: Resolution): Promise<Lock> {
  const { requirements, cwd, scratch, variables } = resolution;
  const { constraints, isStale, projects, strategyRequirements, condaPackages, pip } = requirements;
  const request: CompileRequest = {
    lines: strategyRequirements,
    projects,
    constraints: isStale ? [] : constraints,
    preferences: isStale ? toPreferences(constraints) : undefined,
    pip,
  };
  const { document, notes } = await compileCondaPackages(condaPackages, (lines, more) =>
    compileWithScikitLearn(resolution, {
      ...request,
      lines: [...request.lines, ...lines],
      preferences: more ?? request.preferences,
    }),
  );
  const lock = await buildLock(document, { base: scratch, source: cwd, variables });
  return { ...lock, notes: [...notes, ...describeIndexes(resolution)] };
}

/** `sklearn` on the index is empty, and refused on purpose: a requirement for it means scikit-learn. */
async function compileWithScikitLearn(resolution: Resolution, request: CompileRequest): Promise<LockDocument> {
  const document = await runCompile(resolution, request);
  const names = document.packages.map(({ name }) => normalizeName(name));
  if (!names.includes('sklearn') || names.includes('scikit-learn')) return document;
  resolution.notes.add('sklearn is an empty package: scikit-learn, which is meant by it, is installed beside it.');
  return await runCompile(resolution, { ...request, lines: [...request.lines, 'scikit-learn'] });
}

const [requirementsName, constraintsName, outputName] = ['requirements.in', 'constraints.txt', 'pylock.toml'];

/** One run of `uv pip compile`; the document lies in the scratch directory as `pylock.toml`. */
export async function runCompile(resolution: Resolution, request: CompileRequest): Promise<LockDocument> {
  const { home, requirements, interpreter, directory, cwd, scratch, variables, env, notes, signal, onProgress } =
    resolution;
  const { pip, lines, projects, constraints, preferences } = request;
  const output = join(scratch, outputName);
  const file = (text: string) => ({ text, file: requirements.from, line: null });
  const asked = formatUvFile([...pip.options, ...pip.requirements, ...lines.map(file)], { source: cwd, variables });
  const bounds = formatUvFile([...pip.constraints, ...constraints.map(file)], { source: cwd, variables });
  await writeFile(join(scratch, requirementsName), asked.text, { mode: 0o600 });
  await writeFile(join(scratch, constraintsName), bounds.text, { mode: 0o600 });
  await writePreferences(output, preferences);
  const args = [
    'pip',
    'compile',
    '--no-header',
    '--quiet',
    ...projects,
    join(scratch, requirementsName),
    '--constraints',
    join(scratch, constraintsName),
    '--python',
    interpreter.path,
    ...(interpreter.asOf === undefined ? [] : ['--exclude-newer', interpreter.asOf]),
    '--format',
    'pylock.toml',
    '--output-file',
    output,
    ...listIndexArguments(pip),
    ...pip.uvArguments,
  ];
  const secrets = Object.values(variables);
  const call = { home, args, cwd, directory, env, secrets, scratch, signal, onProgress };
  const result = await runUvBuild({ ...call, onNote: (note) => notes.add(note) });
  if (result.exitCode === 0) return await readLockDocument(output);
  const words = restoreAllLocations(result.output, { asked, bounds });
  throw explainUvFailure(
    { ...result, output: words },
    'DEPENDENCY_UNRESOLVED',
    `the requirements of ${requirements.from} do not resolve`,
  );
}

export const restoreAllLocations = (words: string, { asked, bounds }: { asked: UvFile; bounds: UvFile }): string =>
  restoreLocations(restoreLocations(words, requirementsName, asked), constraintsName, bounds);

async function writePreferences(output: string, preferences: LockDocument | undefined): Promise<void> {
  if (preferences === undefined) return await rm(output, { force: true });
  const { stringify } = await import('smol-toml');
  await writeFile(output, stringify({ ...preferences.rest, packages: preferences.packages }));
}

const hasExtraIndex = ({ options }: PipFiles): boolean =>
  options.some(({ text }) => text.startsWith('--extra-index-url '));

/** pip takes the best version from all indexes; uv, left alone, from the first that has the package. */
export const listIndexArguments = (pip: PipFiles): string[] =>
  (hasExtraIndex(pip) || process.env.PIP_EXTRA_INDEX_URL) && !process.env.UV_INDEX_STRATEGY
    ? ['--index-strategy', 'unsafe-best-match']
    : [];

export function describeIndexes({ requirements: { pip } }: Resolution): string[] {
  const further = pip.options.find(({ text }) => text.startsWith('--extra-index-url '));
  if (further === undefined || process.env.UV_INDEX_STRATEGY) return [];
  return [
    `${further.file} names a further package index: as pip does, each package is taken in its best version from any index. Whoever can publish under a package's name on one of them decides what is installed.`,
  ];
}

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUvFailure } from '../explain-uv-failure.js';
import type { PipFiles } from '../pip-files/pip-files.js';
import { formatUvFile, restoreLocations, type UvFile } from '../pip-files/uv-file.js';
import { runUvBuild } from '../run-uv-build.js';
import { compileCondaPackages } from './compile-conda-packages.js';
import { buildLock, type Lock, type LockDocument, normalizeName, readLockDocument, toPreferences } from './lock.js';
import type { Resolution } from './resolution.js';

export interface CompileRequest {
  /** Requirement lines in addition to those of the repository's files. */
  lines: string[];
  /** Manifests that uv reads itself. */
  projects: string[];
  constraints: string[];
  /** Versions to use where they fit. */
  preferences?: LockDocument | undefined;
  pip: PipFiles;
}

/**
 * Resolves all requirements together.
 *
 * @throws DEPENDENCY_UNRESOLVED, INDEX_UNREACHABLE when uv finds no solution.
 */
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
  const { document, notes } = await compileCondaPackages(condaPackages, (lines, preferences) =>
    compileWithScikitLearn(resolution, {
      ...request,
      lines: [...request.lines, ...lines],
      preferences: preferences ?? request.preferences,
    }),
  );
  const lock = await buildLock(document, { base: scratch, source: cwd, variables });
  return { ...lock, notes: [...notes, ...describeIndexes(resolution)] };
}

/** Adds scikit-learn to a requirement for `sklearn`, an empty package that refuses to install. */
async function compileWithScikitLearn(resolution: Resolution, request: CompileRequest): Promise<LockDocument> {
  const document = await runCompile(resolution, request);
  const names = document.packages.map(({ name }) => normalizeName(name));
  if (!names.includes('sklearn') || names.includes('scikit-learn')) return document;
  resolution.notes.add('sklearn is an empty package: adds scikit-learn.');
  return await runCompile(resolution, { ...request, lines: [...request.lines, 'scikit-learn'] });
}

const [requirementsName, constraintsName, outputName] = ['requirements.in', 'constraints.txt', 'pylock.toml'];

/** Runs `uv pip compile` once. It writes `pylock.toml` into the scratch directory. */
export async function runCompile(resolution: Resolution, request: CompileRequest): Promise<LockDocument> {
  const { home, requirements, interpreter, directory, cwd, scratch, variables, env, notes, signal, onProgress } =
    resolution;
  const { pip, lines, projects, constraints, preferences } = request;
  const outputPath = join(scratch, outputName);
  const toLine = (text: string) => ({ text, file: requirements.from, line: null });
  const requirementsFile = formatUvFile([...pip.options, ...pip.requirements, ...lines.map(toLine)], {
    source: cwd,
    variables,
  });
  const constraintsFile = formatUvFile([...pip.constraints, ...constraints.map(toLine)], { source: cwd, variables });
  await writeFile(join(scratch, requirementsName), requirementsFile.text, { mode: 0o600 });
  await writeFile(join(scratch, constraintsName), constraintsFile.text, { mode: 0o600 });
  await writePreferences(outputPath, preferences);
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
    outputPath,
    ...listIndexArguments(pip),
    ...pip.uvArguments,
  ];
  const secrets = Object.values(variables);
  const call = { home, args, cwd, directory, env, secrets, scratch, signal, onProgress };
  const result = await runUvBuild({ ...call, onNote: (note) => notes.add(note) });
  if (result.exitCode === 0) return await readLockDocument(outputPath);
  const output = restoreAllLocations(result.output, requirementsFile, constraintsFile);
  throw explainUvFailure(
    { ...result, output },
    'DEPENDENCY_UNRESOLVED',
    `the requirements of ${requirements.from} do not resolve`,
  );
}

const restoreAllLocations = (output: string, requirementsFile: UvFile, constraintsFile: UvFile): string =>
  restoreLocations(restoreLocations(output, requirementsName, requirementsFile), constraintsName, constraintsFile);

async function writePreferences(output: string, preferences: LockDocument | undefined): Promise<void> {
  if (preferences === undefined) return await rm(output, { force: true });
  const { stringify } = await import('smol-toml');
  await writeFile(output, stringify({ ...preferences.rest, packages: preferences.packages }));
}

const hasExtraIndex = ({ options }: PipFiles): boolean =>
  options.some(({ text }) => text.startsWith('--extra-index-url '));

/** Makes uv choose the best version of all indexes, as pip does. By default uv uses the first index with the package. */
export const listIndexArguments = (pip: PipFiles): string[] =>
  (hasExtraIndex(pip) || process.env.PIP_EXTRA_INDEX_URL) && !process.env.UV_INDEX_STRATEGY
    ? ['--index-strategy', 'unsafe-best-match']
    : [];

export function describeIndexes({ requirements: { pip } }: Resolution): string[] {
  const extraIndex = pip.options.find(({ text }) => text.startsWith('--extra-index-url '));
  if (extraIndex === undefined || process.env.UV_INDEX_STRATEGY) return [];
  return [
    `${extraIndex.file} names another package index. As with pip, each package comes from the index with its best version, so anyone who publishes a package's name on one of them can replace the package.`,
  ];
}

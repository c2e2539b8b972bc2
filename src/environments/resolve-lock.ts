import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { BerthHome } from '../home.js';
import { buildEnvironment, digestIndexSettings } from './child-environment.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { findUv } from './find-uv.js';
import { digestOf, readRecord, writeRecord } from './records.js';
import type { Requirements } from './requirements.js';
import { runCommand } from './run-command.js';
import { makeScratchDirectory } from './scratch-directory.js';
import type { SourceCopy } from './source-copy.js';
import { explainUvFailure } from './uv-failure.js';

/** Requirements, resolved: what to install, to the file. */
export interface Lock {
  /** `pylock.toml` (PEP 751) without what lies in the repository; empty when there is nothing to install. */
  text: string;
  packages: number;
  /** Projects of the repository that are required by path, relative to it. */
  localProjects: string[];
}

export interface ResolveRequest {
  home: BerthHome;
  requirements: Requirements;
  interpreter: ChosenInterpreter;
  directory: string;
  copy: SourceCopy;
  /** Resolves anew, to take newer releases; what comes of it is remembered. */
  isFresh?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

const nothing: Lock = { text: '', packages: 0, localProjects: [] };

/** The lock of these requirements for this Python: remembered, else resolved by uv. Throws DEPENDENCY_UNRESOLVED. */
export async function resolveLock(request: ResolveRequest): Promise<Lock> {
  const { home, requirements, interpreter, isFresh = false } = request;
  if (requirements.files.length === 0 && requirements.lines.length === 0) return nothing;
  const key = digestOf([
    ...requirements.texts,
    ...requirements.lines,
    ...requirements.constraints,
    interpreter.version,
    process.platform,
    process.arch,
    await digestIndexSettings(),
  ]);
  const record = join(home.locks, `${key}.json`);
  const known = isFresh ? undefined : await readRecord<Lock>(record);
  if (known !== undefined) return known;
  const lock = await resolveWithUv(request);
  await writeRecord(record, lock);
  return lock;
}

async function resolveWithUv(request: ResolveRequest): Promise<Lock> {
  const { home, requirements, interpreter, directory, copy, signal, onProgress } = request;
  const uv = await findUv(home, { signal, onProgress });
  const cwd = requirements.needsCopy ? await copy.path() : directory;
  const scratch = await makeScratchDirectory(home.locks, 'lock');
  const output = join(scratch, 'pylock.toml');
  try {
    onProgress?.(`resolving the requirements of ${requirements.from}`);
    const args = requirements.isLocked ? exportArguments() : await compileArguments(requirements, scratch);
    const argv: [string, ...string[]] = [
      uv,
      ...args,
      '--python',
      interpreter.path,
      '--format',
      'pylock.toml',
      '--output-file',
      output,
    ];
    const result = await runCommand({ argv, cwd, env: buildEnvironment(directory), signal });
    if (result.exitCode !== 0)
      throw explainUvFailure(
        result,
        'DEPENDENCY_UNRESOLVED',
        `the requirements of ${requirements.from} do not resolve`,
      );
    return await readLock(output, scratch, cwd);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The repository itself is installed apart, with its code. */
const exportArguments = (): string[] => ['export', '--frozen', '--no-dev', '--no-emit-project', '--quiet'];

async function compileArguments(requirements: Requirements, scratch: string): Promise<string[]> {
  const { files, lines, constraints } = requirements;
  const args = ['pip', 'compile', '--no-header', '--quiet', ...files];
  if (lines.length > 0) args.push(await writeLines(join(scratch, 'requirements.in'), lines));
  if (constraints.length > 0)
    args.push('--constraints', await writeLines(join(scratch, 'constraints.txt'), constraints));
  return args;
}

async function writeLines(path: string, lines: string[]): Promise<string> {
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

/**
 * What a lock names by path belongs to the revision, not to the shared environment. The Python that the project asks for
 * is left out: which one it gets is decided already, and may be the nearest.
 */
async function readLock(path: string, base: string, source: string): Promise<Lock> {
  const { parse, stringify } = await import('smol-toml');
  const { 'requires-python': _, packages, ...lock } = parse(await readFile(path, 'utf8'));
  // PEP 751: an array of tables; uv has just written it.
  const locked = (packages ?? []) as LockedPackage[];
  const shared = locked.filter((entry) => localPath(entry) === undefined);
  const localPaths = locked.map(localPath).filter((local) => local !== undefined);
  return {
    text: shared.length === 0 ? '' : stringify({ ...lock, packages: shared }),
    packages: shared.length,
    localProjects: localPaths.map((local) => relative(source, resolve(base, local)) || '.'),
  };
}

interface LockedPackage {
  directory?: { path: string };
  archive?: { path?: string };
}

const localPath = (entry: LockedPackage): string | undefined => entry.directory?.path ?? entry.archive?.path;

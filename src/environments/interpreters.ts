import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { createChildEnvironment } from './child-environment.js';
import { compare, parseVersion, type Version } from './python-version.js';
import { runCommand } from './run-command.js';

/** A working CPython. */
export interface Interpreter {
  /** The program itself, not a shim. */
  path: string;
  version: string;
  /** True for the machine's `python3`. */
  isDefault: boolean;
}

/** Oldest version that can run the Python host. */
const minVersion: Version = [3, 8];

/** Prints version and path of a released CPython, nothing for any other interpreter. */
const probeScript = `
import sys
if sys.implementation.name == "cpython" and sys.version_info[3] == "final":
    print("%d.%d.%d" % sys.version_info[:3], sys.executable)
`;

/** Returns the directory of the Pythons that Berth downloaded with uv. */
export const pythonsDirectory = (home: BerthHome): string => join(home.root, 'pythons');

/**
 * Lists possible interpreters, each program once: `python3` and `python3.N` on the PATH, all versions of pyenv and uv.
 * Only reads directories, which is cheap enough for every call.
 */
export async function listInterpreterCandidates(home: BerthHome): Promise<string[]> {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const pyenv = process.env.PYENV_ROOT ?? join(homedir(), '.pyenv');
  const shims = join(pyenv, 'shims');
  const listed = await Promise.all(
    // Shims are slow scripts; only `python3` is needed, for pyenv's default version.
    onPath.map((directory) => listPrograms(directory, directory === shims ? /^python3$/ : /^python3(\.\d+)?$/)),
  );
  const data = process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  const versionDirectories = [
    join(pyenv, 'versions'),
    process.env.UV_PYTHON_INSTALL_DIR ?? join(data, 'uv', 'python'),
    pythonsDirectory(home),
  ];
  const versions = await Promise.all(versionDirectories.map((directory) => listVersions(directory)));
  return await deduplicatePrograms([...listed.flat(), ...versions.flat()]);
}

async function listPrograms(directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** Keeps the first of all paths to the same program. */
async function deduplicatePrograms(paths: string[]): Promise<string[]> {
  const programs = new Map<string, string>();
  for (const path of paths) {
    const program = await realpath(path).catch(() => path);
    if (!programs.has(program)) programs.set(program, path);
  }
  return [...programs.values()];
}

async function listVersions(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const programs = names
    .filter((name) => /^(cpython-)?3\./.test(name))
    .map((name) => join(directory, name, 'bin', 'python3'));
  return programs.filter((program) => existsSync(program)).sort();
}

/** Starts each candidate once and returns the working ones, newest first. A shim without its version does not work. */
export async function findInterpreters(candidates: string[], signal?: AbortSignal): Promise<Interpreter[]> {
  const defaultProgram = candidates.find((candidate) => candidate.endsWith('/python3'));
  const answers = await Promise.all(
    candidates.map((candidate) => probeInterpreter(candidate, candidate === defaultProgram, signal)),
  );
  const found = new Map<string, Interpreter>();
  for (const answer of answers) {
    if (answer === undefined || compare(parseVersion(answer.version), minVersion) < 0) continue;
    if (!found.get(answer.path)?.isDefault) found.set(answer.path, answer);
  }
  return [...found.values()].sort((left, right) => compare(parseVersion(right.version), parseVersion(left.version)));
}

async function probeInterpreter(
  candidate: string,
  isDefault: boolean,
  signal: AbortSignal | undefined,
): Promise<Interpreter | undefined> {
  const argv: [string, ...string[]] = [candidate, '-I', '-S', '-B', '-c', probeScript];
  const { stdout, exitCode } = await runCommand({ argv, cwd: '/', env: createChildEnvironment(), timeout: 10, signal });
  const [, version, path] = /^(\S+) (.+)$/m.exec(stdout) ?? [];
  return exitCode === 0 && version && path ? { path, version, isDefault } : undefined;
}

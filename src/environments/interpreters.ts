import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { createChildEnvironment } from './child-environment.js';
import { compare, parseVersion, type Version } from './python-version.js';
import { runCommand } from './run-command.js';

/** A CPython that was started and answered. */
export interface Interpreter {
  /** The program itself, no shim. */
  path: string;
  version: string;
  /** True for what `python3` means on this machine. */
  isDefault: boolean;
}

/** Older ones cannot run the host. */
const minVersion: Version = [3, 8];

/** Prints the real program and its version; says nothing unless it is a released CPython. */
const probeScript = `
import sys
if sys.implementation.name == "cpython" and sys.version_info[3] == "final":
    print("%d.%d.%d" % sys.version_info[:3], sys.executable)
`;

/** Where the Pythons lie that Berth had uv download. */
export const pythonsDirectory = (home: BerthHome): string => join(home.root, 'pythons');

/**
 * Files that may be interpreters, each program once: `python3` and `python3.N` on the PATH, pyenv's versions (also those
 * that are not chosen now), and uv's. Reading directories only: cheap enough to notice, each time, that one came or went.
 */
export async function listInterpreterCandidates(home: BerthHome): Promise<string[]> {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const pyenv = process.env.PYENV_ROOT ?? join(homedir(), '.pyenv');
  const shims = join(pyenv, 'shims');
  const listed = await Promise.all(
    // Of the shims, each a slow script, only the one that says which of pyenv's versions is the default.
    onPath.map((directory) => listPrograms(directory, directory === shims ? /^python3$/ : /^python3(\.\d+)?$/)),
  );
  const data = process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  const collections = [
    join(pyenv, 'versions'),
    process.env.UV_PYTHON_INSTALL_DIR ?? join(data, 'uv', 'python'),
    pythonsDirectory(home),
  ];
  const collected = await Promise.all(collections.map((directory) => listCollection(directory)));
  return await deduplicatePrograms([...listed.flat(), ...collected.flat()]);
}

async function listPrograms(directory: string, wanted: RegExp): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** The first of all paths that lead to the same program. */
async function deduplicatePrograms(paths: string[]): Promise<string[]> {
  const programs = new Map<string, string>();
  for (const path of paths) {
    const program = await realpath(path).catch(() => path);
    if (!programs.has(program)) programs.set(program, path);
  }
  return [...programs.values()];
}

async function listCollection(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const programs = names
    .filter((name) => /^(cpython-)?3\./.test(name))
    .map((name) => join(directory, name, 'bin', 'python3'));
  return programs.filter((program) => existsSync(program)).sort();
}

/** Starts each candidate once; those that do not answer (a shim without its version) are left out. Newest first. */
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

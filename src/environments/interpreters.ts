import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { BerthHome } from '../home.js';
import { childEnvironment } from './child-environment.js';
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
const leastVersion: Version = [3, 8];

/** Prints the real program and its version; says nothing unless it is a released CPython. */
const question = `
import json, platform, sys
if platform.python_implementation() == "CPython" and sys.version_info.releaselevel == "final":
    print(json.dumps([sys.executable, platform.python_version()]))
`;

/** Where the Pythons lie that Berth had uv download. */
export const pythonsDirectory = (home: BerthHome): string => join(home.root, 'pythons');

/**
 * Files that may be interpreters: `python3` and `python3.N` on the PATH, pyenv's versions (also those that are not
 * chosen now), and uv's. Reading directories only: cheap enough to notice, each time, that one came or went.
 */
export async function listCandidates(home: BerthHome): Promise<string[]> {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const listed = await Promise.all(onPath.map((directory) => listPrograms(directory)));
  const data = process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share');
  const collections = [
    join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions'),
    process.env.UV_PYTHON_INSTALL_DIR ?? join(data, 'uv', 'python'),
    pythonsDirectory(home),
  ];
  const collected = await Promise.all(collections.map((directory) => listCollection(directory)));
  return [...new Set([...listed.flat(), ...collected.flat()])];
}

async function listPrograms(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => /^python3(\.\d+)?$/.test(name))
    .sort()
    .map((name) => join(directory, name));
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
    candidates.map((candidate) => ask(candidate, candidate === defaultProgram, signal)),
  );
  const found = new Map<string, Interpreter>();
  for (const answer of answers) {
    if (answer === undefined || compare(parseVersion(answer.version), leastVersion) < 0) continue;
    if (!found.get(answer.path)?.isDefault) found.set(answer.path, answer);
  }
  return [...found.values()].sort((left, right) => compare(parseVersion(right.version), parseVersion(left.version)));
}

async function ask(
  candidate: string,
  isDefault: boolean,
  signal: AbortSignal | undefined,
): Promise<Interpreter | undefined> {
  const argv: [string, ...string[]] = [candidate, '-I', '-c', question];
  const { stdout, exitCode } = await runCommand({ argv, cwd: '/', env: childEnvironment(), timeout: 10, signal });
  if (exitCode !== 0 || stdout.trim() === '') return undefined;
  const [path, version]: [string, string] = JSON.parse(stdout);
  return { path, version, isDefault };
}

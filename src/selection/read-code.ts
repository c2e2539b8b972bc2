import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { chooseInterpreter } from '../environments/choose-interpreter.js';
import { findInterpreters, type Interpreter, listCandidates } from '../environments/interpreters.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home.js';
import { hostsDirectory } from '../package-root.js';
import { CodeFacts, noCode } from './code-facts.js';

export interface CodeRequest {
  root: string;
  /** Python files, relative to the root. */
  files: string[];
  setupCfg: string | null;
  readme: string | null;
}

export interface ReadCodeOptions {
  home: BerthHome;
  signal?: AbortSignal | undefined;
}

const program = join(hostsDirectory, 'python', 'berth_facts');

/** Seconds; thousands of files take two. */
const timeout = 120;

/**
 * Reads Python files with Python's own parser; nothing of them is run. What this machine's usual Python cannot parse is
 * tried with its newest: the code may be written for that. Throws TOOL_MISSING when there is no Python at all.
 */
export async function readCode(request: CodeRequest, options: ReadCodeOptions): Promise<CodeFacts> {
  if (request.files.length === 0 && request.setupCfg === null) return noCode;
  const usual = await chooseInterpreter(options.home, null, options);
  const facts = await runReader(usual.path, request, options.signal);
  if (facts.syntaxErrors.length === 0) return facts;
  const newest = await findNewest(options);
  if (newest === undefined || newest.version === usual.version) return facts;
  const again = await runReader(newest.path, request, options.signal);
  return again.syntaxErrors.length < facts.syntaxErrors.length ? again : facts;
}

/** Asking a dozen interpreters takes a second, and a file with a syntax error is often read again. */
const known = new Map<string, Interpreter | undefined>();

async function findNewest({ home, signal }: ReadCodeOptions): Promise<Interpreter | undefined> {
  const candidates = await listCandidates(home);
  const key = candidates.join('\n');
  if (!known.has(key)) known.set(key, (await findInterpreters(candidates, signal))[0]);
  return known.get(key);
}

/** What the last readers wrote. A deployment reads the same code several times, and a second deployment reads it again. */
const written = new Map<string, string>();
const mostWritten = 16;

async function runReader(python: string, request: CodeRequest, signal: AbortSignal | undefined): Promise<CodeFacts> {
  const digest = await digestRequest(python, request);
  const text = written.get(digest) ?? (await runProgram(python, request, signal));
  written.delete(digest); // to be the newest again
  written.set(digest, text);
  for (const oldest of [...written.keys()].slice(0, -mostWritten)) written.delete(oldest);
  return CodeFacts.parse(JSON.parse(text));
}

/** The same for the same files, wherever they lie. */
async function digestRequest(python: string, { root, files, setupCfg, readme }: CodeRequest): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([python, files, setupCfg, readme]));
  for (const file of [...files, setupCfg, readme].filter((name) => name !== null)) {
    const content = await readFile(join(root, file)).catch((error: NodeJS.ErrnoException) => String(error.code)); // the program says it
    hash.update(`${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Isolated (`-I -S`), so that nothing of the repository or of the user's Python can come in; writes no bytecode. */
async function runProgram(python: string, request: CodeRequest, signal: AbortSignal | undefined): Promise<string> {
  const result = await execa(python, ['-I', '-S', '-B', '-X', 'utf8', program], {
    input: JSON.stringify(request),
    timeout: timeout * 1000,
    cwd: hostsDirectory,
    reject: false,
    maxBuffer: 500_000_000,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  const evidence = result.stderr.split('\n').slice(-20).join('\n');
  throw new BerthError('INTERNAL', `reading the Python code failed: ${result.shortMessage}`, { evidence });
}

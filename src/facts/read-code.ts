import { join } from 'node:path';
import { execa } from 'execa';
import { chooseInterpreter } from '../environments/choose-interpreter.js';
import { findInterpreters, type Interpreter, listInterpreterCandidates } from '../environments/interpreters.js';
import type { BerthHome } from '../home/home.js';
import { hostsDirectory } from '../home/package-root.js';
import { CodeFacts, emptyCodeFacts } from './code-facts.js';
import { digestCode } from './digest-code.js';
import { readDocumentedCalls } from './read-documented-calls.js';

export interface CodeRequest {
  root: string;
  /** Python files, relative to the root. */
  files: string[];
  /** Directories that are projects of their own, relative to the root: import roots, unless a package holds them. */
  projects: string[];
  setupCfg: string | null;
  readme: string | null;
}

export interface ReadCodeOptions {
  home: BerthHome;
  /** Seconds that reading may take; what is not read by then is missing, with a note. */
  seconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

const program = join(hostsDirectory, 'python', 'berth_facts');

/** Thousands of files take two. */
const defaultSeconds = 30;

/** Seconds that the program may take on top, to join and print what it read. */
const gracePeriod = 15;

/** Below it, nothing is read a second time. */
const minSeconds = 5;

/** Bytes that the program may print: it bounds every list itself. */
const maxOutputBytes = 32_000_000;

/**
 * Reads Python files with Python's own parser; nothing of them is run. What this machine's usual Python cannot parse is
 * tried with its newest: the code may be written for that. Files that cannot be read are notes. Throws TOOL_MISSING when
 * there is no Python at all.
 */
export async function readCode(request: CodeRequest, options: ReadCodeOptions): Promise<CodeFacts> {
  if (request.files.length === 0 && request.setupCfg === null) return emptyCodeFacts;
  const end = Date.now() + (options.seconds ?? defaultSeconds) * 1000;
  const usual = await chooseInterpreter(options.home, [], options);
  const facts = await runReader(usual.path, request, end, options.signal);
  if (facts.syntaxErrors.length === 0 || secondsUntil(end) < minSeconds) return facts;
  const newest = await findNewest(options);
  if (newest === undefined || newest.version === usual.version) return facts;
  const again = await runReader(newest.path, request, end, options.signal);
  return again.syntaxErrors.length < facts.syntaxErrors.length && again.notes.length <= facts.notes.length
    ? again
    : facts;
}

const secondsUntil = (end: number): number => Math.max(1, (end - Date.now()) / 1000);

/** Asking a dozen interpreters takes a second, and a file with a syntax error is often read again. */
const newestInterpreters = new Map<string, Interpreter | undefined>();

async function findNewest({ home, signal }: ReadCodeOptions): Promise<Interpreter | undefined> {
  const candidates = await listInterpreterCandidates(home);
  const key = candidates.join('\n');
  if (!newestInterpreters.has(key)) newestInterpreters.set(key, (await findInterpreters(candidates, signal))[0]);
  return newestInterpreters.get(key);
}

/** What the last readers wrote. A deployment reads the same code several times, and a second deployment reads it again. */
const outputCache = new Map<string, string>();
const maxCachedOutputs = 16;

async function runReader(
  python: string,
  request: CodeRequest,
  end: number,
  signal: AbortSignal | undefined,
): Promise<CodeFacts> {
  const digest = await digestCode(python, request);
  const kept = digest === undefined ? undefined : outputCache.get(digest);
  const text = kept ?? (await runProgram(python, request, secondsUntil(end), signal));
  if (typeof text !== 'string') return { ...emptyCodeFacts, notes: [text.problem] };
  const facts = CodeFacts.parse({ ...JSON.parse(text), documentedCalls: readDocumentedCalls(text) });
  if (digest !== undefined && facts.notes.length === 0) cacheOutput(digest, text);
  return facts;
}

function cacheOutput(digest: string, text: string): void {
  outputCache.delete(digest); // to be the newest again
  outputCache.set(digest, text);
  for (const oldest of [...outputCache.keys()].slice(0, -maxCachedOutputs)) outputCache.delete(oldest);
}

/**
 * What the program prints, or why it could not: it reads each file in a process of its own, so that is a last resort.
 * Isolated (`-I -S`), so that nothing of the repository or of the user's Python can come in; writes no bytecode.
 */
async function runProgram(
  python: string,
  request: CodeRequest,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<string | { problem: string }> {
  const result = await execa(python, ['-I', '-S', '-B', '-X', 'utf8', program], {
    input: JSON.stringify({ ...request, seconds }),
    timeout: (seconds + gracePeriod) * 1000,
    cwd: hostsDirectory,
    reject: false,
    maxBuffer: maxOutputBytes,
    forceKillAfterDelay: 1000,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (!result.failed) return result.stdout;
  const why = result.timedOut
    ? `it took longer than ${Math.round(seconds + gracePeriod)} s`
    : (result.stderr.trim().split('\n').at(-1) ?? result.shortMessage);
  return { problem: `The Python code was not read: ${why}.` };
}

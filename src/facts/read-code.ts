import { join } from 'node:path';
import { execa } from 'execa';
import { chooseInterpreter } from '../environments/choose-interpreter.js';
import { findInterpreters, type Interpreter, listInterpreterCandidates } from '../environments/interpreters.js';
import type { BerthHome } from '../home/home.js';
import { hostsDirectory } from '../home/package-root.js';
import { CodeFacts, emptyCodeFacts } from './code-facts.js';
import type { CodeRequest } from './code-request.js';
import { digestCode } from './digest-code.js';
import { readDocumentedCalls } from './read-documented-calls.js';

export interface ReadCodeOptions {
  home: BerthHome;
  /** Timeout in seconds; files not read by then are omitted, with a note. */
  seconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

const program = join(hostsDirectory, 'python', 'berth_facts');

/** Thousands of files take two seconds. */
const defaultTimeout = 30;

/** Seconds that the program may take beyond the timeout to merge and print its results. */
const gracePeriod = 15;

/** With fewer seconds left, the code is not read a second time. */
const minSeconds = 5;

/** Maximum bytes that the program may print; it bounds every list itself. */
const maxOutputBytes = 32_000_000;

/**
 * Reads Python files with Python's own parser, without running them. If this machine's default Python finds syntax
 * errors, the newest one tries again: the code may be written for it. Files that cannot be read are notes.
 *
 * @throws TOOL_MISSING when there is no Python
 */
export async function readCode(request: CodeRequest, options: ReadCodeOptions): Promise<CodeFacts> {
  if (request.files.length === 0 && request.setupCfg === null) return emptyCodeFacts;
  const deadline = Date.now() + (options.seconds ?? defaultTimeout) * 1000;
  const usual = await chooseInterpreter(options.home, [], options);
  const facts = await runReader(usual.path, request, deadline, options.signal);
  if (facts.syntaxErrors.length === 0 || secondsUntil(deadline) < minSeconds) return facts;
  const newest = await findNewest(options);
  if (newest === undefined || newest.version === usual.version) return facts;
  const retried = await runReader(newest.path, request, deadline, options.signal);
  return retried.syntaxErrors.length < facts.syntaxErrors.length && retried.notes.length <= facts.notes.length
    ? retried
    : facts;
}

const secondsUntil = (deadline: number): number => Math.max(1, (deadline - Date.now()) / 1000);

/** Caches the newest interpreter: probing a dozen takes a second, and code with a syntax error is read repeatedly. */
const newestInterpreters = new Map<string, Interpreter | undefined>();

async function findNewest({ home, signal }: ReadCodeOptions): Promise<Interpreter | undefined> {
  const candidates = await listInterpreterCandidates(home);
  const key = candidates.join('\n');
  if (!newestInterpreters.has(key)) newestInterpreters.set(key, (await findInterpreters(candidates, signal))[0]);
  return newestInterpreters.get(key);
}

/** Caches the latest outputs by digest: each deployment reads the same code several times. */
const outputCache = new Map<string, string>();
const maxCachedOutputs = 16;

async function runReader(
  python: string,
  request: CodeRequest,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<CodeFacts> {
  const digest = await digestCode(python, request);
  const cached = digest === undefined ? undefined : outputCache.get(digest);
  const text = cached ?? (await runProgram(python, request, secondsUntil(deadline), signal));
  if (typeof text !== 'string') return { ...emptyCodeFacts, notes: [text.problem] };
  const facts = CodeFacts.parse({ ...JSON.parse(text), documentedCalls: readDocumentedCalls(text) });
  if (digest !== undefined && facts.notes.length === 0) cacheOutput(digest, text);
  return facts;
}

function cacheOutput(digest: string, text: string): void {
  outputCache.delete(digest); // moves it to the end, so that it counts as the newest
  outputCache.set(digest, text);
  for (const oldest of [...outputCache.keys()].slice(0, -maxCachedOutputs)) outputCache.delete(oldest);
}

/**
 * Returns the program's output, or the problem that prevented it from finishing. It reads each file in a separate
 * process, so a failure of the program itself is rare. `-I -S` isolate it from the repository and the user's Python;
 * `-B` writes no bytecode.
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
  const reason = result.timedOut
    ? `it took longer than ${Math.round(seconds + gracePeriod)} s`
    : (result.stderr.trim().split('\n').at(-1) ?? result.shortMessage);
  return { problem: `The Python code was not read: ${reason}.` };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BerthError, saysDiskFull } from '../errors.js';
import { hostsDirectory } from '../package-root.js';
import type { BootDocument } from './boot-document.js';
import { encloseProcess } from './enclosure.js';
import { encodeFrames } from './frames.js';
import type { HostIdentity } from './host-client.js';
import { type HostWord, parseHostWord } from './host-word.js';
import { ImportWatch } from './import-watch.js';
import { readTail, sizeOf } from './log-file.js';
import { markOf } from './marked-processes.js';
import { awaitExit, rememberExit } from './process-exit.js';
import { endGroup } from './process-group.js';
import { identifyProcess } from './process-identity.js';
import { pickProcessVariables, readPairs } from './process-variables.js';
import { findStuckImport } from './stuck-import.js';

export interface Launch {
  python: string;
  stateDirectory: string;
  logFile: string;
  /** The process's own environment, to which of the user's values only those are added that are read at its start. */
  environment: Record<string, string>;
  document: BootDocument;
  signal?: AbortSignal;
}

/** How a start ended: in the host's words or without any. `stuck`: its import was ended from outside. */
type Report =
  | Exclude<HostWord, { state: 'importing' } | { state: 'imported' }>
  | { state: 'exited'; how: string }
  | { state: 'stuck'; how: string };

/** Milliseconds that the last words of an ended host take at most. */
const drainPatience = 100;

export const hostProgram = join(hostsDirectory, 'python', 'berth_host');

/**
 * Starts a Python host in a process group of its own and waits until it serves. Undefined when another one has the
 * revision's lock. IMPORT_FAILED or START_FAILED with the user's traceback, DISK_FULL, TOOL_MISSING without a Python; then, as when
 * the signal aborts, nothing is left running.
 */
export async function launchHost(launch: Launch): Promise<HostIdentity | undefined> {
  const { logFile, document, signal } = launch;
  const logStart = await sizeOf(logFile);
  const child = await spawnHost(launch);
  const identity = identifyProcess(child.pid ?? 0);
  if (identity !== null) rememberExit(child, identity);
  const reported = readReport(child, document);
  sendDocument(child, document);
  try {
    const report = await untilAborted(reported, signal);
    if (report.state === 'ready') return report.identity;
    if (report.state === 'busy') return undefined;
    throw await explainFailure(report, launch, logStart);
  } catch (error) {
    if (identity !== null) await endGroup(identity, 0);
    throw error;
  } finally {
    release(child);
  }
}

async function spawnHost({ python, stateDirectory, logFile, environment, document }: Launch): Promise<ChildProcess> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(python, ['-u', hostProgram, stateDirectory], {
      cwd: document.directory,
      env: { ...environment, ...startVariables(document), ...markOf({ stateDirectory }) },
      detached: true,
      stdio: ['pipe', log.fd, log.fd, 'pipe'],
    });
    encloseProcess(child.pid, { stateDirectory });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child;
  } catch (error) {
    const message = `${python} cannot be run: ${error instanceof Error ? error.message : error}`;
    throw new BerthError('TOOL_MISSING', message, {}, { cause: error });
  } finally {
    await log.close();
  }
}

/** What the code itself asks for, below what the user says; the host sets all the others. */
const startVariables = ({ interface: { environment = [] }, env }: BootDocument): Record<string, string> =>
  pickProcessVariables({ ...readPairs(environment), ...env });

/** A host that dies early closes its end; its exit says so, not the pipe. */
function sendDocument(child: ChildProcess, document: BootDocument): void {
  const stdin = child.stdin as Writable; // stdio[0] is 'pipe'
  stdin.on('error', () => undefined);
  stdin.end(encodeFrames(JSON.stringify(document)));
}

const reportPipe = (child: ChildProcess): Readable => child.stdio[3] as Readable; // stdio[3] is 'pipe', and the child writes

/** The host's last word, or, when it ended without one, how it ended. */
function readReport(child: ChildProcess, { importTimeout, token }: BootDocument): Promise<Report> {
  return new Promise((resolve) => {
    const pipe = reportPipe(child);
    const watch = new ImportWatch(child, importTimeout, () => resolve({ state: 'stuck', how: 'did not end' }));
    createInterface({ input: pipe }).on('line', (line) => {
      const word = parseHostWord(line, token);
      if (word === undefined) return;
      watch.end();
      if (word.state === 'importing') watch.begin();
      else if (word.state !== 'imported') resolve(word);
    });
    void awaitExit(child).then((how) => {
      watch.end();
      const giveUp = () => resolve({ state: watch.hasAsked ? 'stuck' : 'exited', how });
      // What the pipe still holds comes first; a child of the software may keep it open for ever.
      if (pipe.readableEnded) giveUp();
      else pipe.once('end', () => setImmediate(giveUp));
      setTimeout(giveUp, drainPatience);
    });
  });
}

function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function explainFailure(
  report: Exclude<Report, { state: 'ready' | 'busy' }>,
  { logFile, document }: Launch,
  logStart: number,
): Promise<BerthError> {
  const facts = { name: document.deployment, log: logFile };
  if (report.state === 'exited' || report.state === 'stuck') {
    const evidence = (await sizeOf(logFile)) > logStart ? await readTail(logFile, 30) : '';
    const stuck = findStuckImport(evidence, document, report.state === 'stuck');
    if (stuck !== undefined)
      return new BerthError('IMPORT_FAILED', `importing ${document.interface.module} failed: ${stuck.message}`, {
        ...facts,
        evidence: stuck.evidence,
      });
    const code = saysDiskFull(evidence) ? 'DISK_FULL' : 'START_FAILED';
    return new BerthError(code, `the process ${report.how} before it could be called`, {
      ...facts,
      evidence,
    });
  }
  const { code, message, traceback = '', candidates } = report.error;
  const isImport = code === 'IMPORT_FAILED';
  const usual = isImport ? 'IMPORT_FAILED' : 'START_FAILED';
  const what = isImport ? `importing ${document.interface.module} failed` : 'the start failed';
  return new BerthError(saysDiskFull(message) ? 'DISK_FULL' : usual, `${what}: ${message}`, {
    ...facts,
    ...(traceback !== '' && { evidence: traceback }),
    // The names that the imported module has, where the one of the interface is not among them.
    ...(code === 'ENTRY_NOT_FOUND' && { candidates: candidates ?? [] }),
  });
}

/** Nothing of the child keeps this process alive. */
function release(child: ChildProcess): void {
  child.stdin?.destroy();
  reportPipe(child).destroy();
  child.unref();
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BerthError } from '../../errors.js';
import { hostsDirectory } from '../../home/package-root.js';
import { addToControlGroup } from '../../processes/control-group.js';
import { getFileSize } from '../../processes/log-file.js';
import { createProcessMark } from '../../processes/marked-processes.js';
import { trackExit, waitForExit } from '../../processes/process-exit.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { identifyProcess } from '../../processes/process-identity.js';
import { parseVariableLines, pickStartupVariables } from '../server/startup-variables.js';
import type { BootDocument } from './boot-document.js';
import { explainStartFailure, type StartPhase, type StartReport } from './explain-start-failure.js';
import { encodeFrames } from './frames.js';
import type { HostIdentity } from './host-client.js';
import { parseHostMessage } from './host-message.js';
import { StartWatchdog } from './start-watchdog.js';

export interface LaunchOptions {
  python: string;
  stateDirectory: string;
  logFile: string;
  /** The process's own environment, to which of the user's values only those are added that are read at its start. */
  environment: Record<string, string>;
  document: BootDocument;
  signal?: AbortSignal;
  /** Told where a setup is that takes long. */
  onProgress?: ((line: string) => void) | undefined;
}

/** Milliseconds that the last words of an ended host take at most. */
const drainTimeout = 100;

export const hostProgram = join(hostsDirectory, 'python', 'berth_host');

/**
 * Starts a Python host in a process group of its own and waits until it serves. Undefined when another one has the
 * revision's lock. IMPORT_FAILED or START_FAILED with the user's traceback, DISK_FULL, TOOL_MISSING without a Python; then, as when
 * the signal aborts, nothing is left running.
 */
export async function launchHost(launch: LaunchOptions): Promise<HostIdentity | undefined> {
  const { logFile, document, signal } = launch;
  const logStart = await getFileSize(logFile);
  const child = await spawnHost(launch);
  const identity = identifyProcess(child.pid ?? 0);
  if (identity !== null) trackExit(child, identity);
  const reported = waitForReport(child, launch);
  sendDocument(child, document);
  try {
    const report = await rejectOnAbort(reported, signal);
    if (report.state === 'ready') return report.identity;
    if (report.state === 'busy') return undefined;
    throw await explainStartFailure(report, { logFile, document, logStart });
  } catch (error) {
    if (identity !== null) await stopProcessGroup(identity, 0);
    throw error;
  } finally {
    detachChild(child);
  }
}

async function spawnHost({
  python,
  stateDirectory,
  logFile,
  environment,
  document,
}: LaunchOptions): Promise<ChildProcess> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a', 0o600);
  try {
    const child = spawn(python, ['-u', hostProgram, stateDirectory], {
      cwd: document.directory,
      env: { ...environment, ...pickStartVariables(document), ...createProcessMark({ stateDirectory }) },
      detached: true,
      stdio: ['pipe', log.fd, log.fd, 'pipe'],
    });
    addToControlGroup(child.pid, { stateDirectory });
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
const pickStartVariables = ({ interface: { environment = [] }, env }: BootDocument): Record<string, string> =>
  pickStartupVariables({ ...parseVariableLines(environment), ...env });

/** A host that dies early closes its end; its exit says so, not the pipe. */
function sendDocument(child: ChildProcess, document: BootDocument): void {
  const stdin = child.stdin as Writable; // stdio[0] is 'pipe'
  stdin.on('error', () => undefined);
  stdin.end(encodeFrames(JSON.stringify(document)));
}

const getReportPipe = (child: ChildProcess): Readable => child.stdio[3] as Readable; // stdio[3] is 'pipe', and the child writes

/** The host's last word, or, when it ended without one, how it ended. */
function waitForReport(child: ChildProcess, { document, onProgress }: LaunchOptions): Promise<StartReport> {
  const { importTimeout, setupTimeout, token } = document;
  return new Promise((resolve) => {
    const pipe = getReportPipe(child);
    let phase: StartPhase = 'starting';
    const watch = new StartWatchdog(child, () => resolve({ state: 'stuck', how: 'did not end', phase }));
    createInterface({ input: pipe }).on('line', (line) => {
      const word = parseHostMessage(line, token);
      if (word === undefined) return;
      if (word.state === 'progress') return onProgress?.(word.text);
      watch.stop();
      if (word.state === 'imported') phase = 'starting';
      else if (word.state === 'importing' || word.state === 'building') {
        phase = word.state;
        watch.start(phase === 'importing' ? importTimeout : setupTimeout);
      } else resolve(word);
    });
    void waitForExit(child).then((exitDescription) => {
      watch.stop();
      const reportExit = () => resolve({ state: watch.hasAborted ? 'stuck' : 'exited', how: exitDescription, phase });
      // What the pipe still holds comes first; a child of the software may keep it open for ever.
      if (pipe.readableEnded) reportExit();
      else pipe.once('end', () => setImmediate(reportExit));
      setTimeout(reportExit, drainTimeout);
    });
  });
}

function rejectOnAbort<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Nothing of the child keeps this process alive. */
function detachChild(child: ChildProcess): void {
  child.stdin?.destroy();
  getReportPipe(child).destroy();
  child.unref();
}

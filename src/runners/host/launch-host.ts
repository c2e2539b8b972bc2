import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { hostsDirectory } from '../../home/package-root.js';
import { getFileSize } from '../../processes/log-file.js';
import { createProcessMark } from '../../processes/marked-processes.js';
import { trackExit, waitForExit } from '../../processes/process-exit.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { identifyProcess } from '../../processes/process-identity.js';
import { spawnLogged } from '../../processes/spawn-logged.js';
import { parseVariableLines, pickStartupVariables } from '../server/startup-variables.js';
import type { BootDocument } from './boot-document.js';
import { explainStartFailure, type StartPhase, type StartReport } from './explain-start-failure.js';
import { encodeFrames } from './frames.js';
import { parseHostMessage } from './host-message.js';
import type { HostIdentity } from './host-status.js';
import { StartWatchdog } from './start-watchdog.js';

export interface LaunchOptions {
  python: string;
  stateDirectory: string;
  logFile: string;
  /** Environment of the process. Of the user's variables, only those that are read at its start are added. */
  environment: Record<string, string>;
  document: BootDocument;
  signal?: AbortSignal;
  /** Reports the current line of a slow setup. */
  onProgress?: ((line: string) => void) | undefined;
}

/** Milliseconds to wait for the last messages of an ended host process. */
const drainTimeout = 100;

export const hostProgram = join(hostsDirectory, 'python', 'berth_host');

/**
 * Starts a host process in a new process group and waits until it serves. Returns undefined if another one holds the
 * revision's lock. Leaves nothing running if it fails or the signal aborts.
 *
 * @throws IMPORT_FAILED, START_FAILED, DISK_FULL, TOOL_MISSING when the code does not start. The evidence is its traceback.
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

async function spawnHost(options: LaunchOptions): Promise<ChildProcess> {
  const { python, stateDirectory, logFile, environment, document } = options;
  return await spawnLogged({
    argv: [python, '-u', hostProgram, stateDirectory],
    cwd: document.directory,
    env: { ...environment, ...pickStartVariables(document), ...createProcessMark({ stateDirectory }) },
    logFile,
    stateDirectory,
    opensPipes: true,
  });
}

/** Picks variables that are read at the start of Python. The user's override the code's. The host process sets the others. */
const pickStartVariables = ({ interface: { environment = [] }, env }: BootDocument): Record<string, string> =>
  pickStartupVariables({ ...parseVariableLines(environment), ...env });

/** Sends the boot document. Ignores a broken pipe: the exit of the process is reported instead. */
function sendDocument(child: ChildProcess, document: BootDocument): void {
  const stdin = child.stdin as Writable; // stdio[0] is 'pipe'
  stdin.on('error', () => undefined);
  stdin.end(encodeFrames(JSON.stringify(document)));
}

const getReportPipe = (child: ChildProcess): Readable => child.stdio[3] as Readable; // stdio[3] is 'pipe', and the child writes

/** Waits for the report of the host process, or for its exit without one. */
function waitForReport(child: ChildProcess, { document, onProgress }: LaunchOptions): Promise<StartReport> {
  const { importTimeout, setupTimeout, token } = document;
  return new Promise((resolve) => {
    const pipe = getReportPipe(child);
    let phase: StartPhase = 'starting';
    const watchdog = new StartWatchdog(child, () => resolve({ state: 'stuck', how: 'did not end', phase }));
    createInterface({ input: pipe }).on('line', (line) => {
      const message = parseHostMessage(line, token);
      if (message === undefined) return;
      if (message.state === 'progress') return onProgress?.(message.text);
      watchdog.stop();
      if (message.state === 'imported') phase = 'starting';
      else if (message.state === 'importing' || message.state === 'building') {
        phase = message.state;
        watchdog.start(phase === 'importing' ? importTimeout : setupTimeout);
      } else resolve(message);
    });
    void waitForExit(child).then((exitDescription) => {
      watchdog.stop();
      const reportExit = () =>
        resolve({ state: watchdog.hasAborted ? 'stuck' : 'exited', how: exitDescription, phase });
      // Read the rest of the pipe first. A child process of the software may keep it open forever.
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

/** Detaches the child, so that it does not keep this process running. */
function detachChild(child: ChildProcess): void {
  child.stdin?.destroy();
  getReportPipe(child).destroy();
  child.unref();
}

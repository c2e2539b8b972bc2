import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { packageRoot } from '../home/package-root.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../processes/process-identity.js';
import {
  findProcessesByArgument,
  readLogTail,
  rotateLog,
  spawnDetached,
  terminateProcess,
} from './background-process.js';
import { readRecord, writeRecord } from './record-file.js';

/** Long enough for slow machines; ends earlier when the process does. */
const startTimeoutSeconds = 120;
/** Long enough for running steps to reach a point where another worker can resume them. */
const stopTimeoutSeconds = 30;

/** Content of `stack/worker.json`. */
interface WorkerRecord {
  /** `starting`: recorded before the process exists; `ready`: the worker polls. */
  state: 'starting' | 'ready' | 'stopped';
  process: ProcessIdentity | null;
  /** Version and digest of the build. */
  build: string;
  /** Address of the server that it polls. */
  address: string;
  /** True if it runs in the foreground, by `berth worker`. */
  isForeground?: boolean;
}

const getRecordFile = (home: BerthHome): string => join(home.stack, 'worker.json');
const workerScript = join(packageRoot, 'dist', 'worker.js');
export const getWorkerLog = (home: BerthHome): string => join(home.logs, 'worker.log');

/** Finds the running worker of this build that polls this server. Reads one small file and checks one process. */
export function findRunningWorker(home: BerthHome, address: string): ProcessIdentity | null {
  const record = readRecord<WorkerRecord>(getRecordFile(home));
  if (record?.state !== 'ready' || record.address !== address || record.build !== readCurrentBuild()) return null;
  return record.process !== null && isSameProcess(record.process) ? record.process : null;
}

/** Starts the worker unless it runs; replaces one of another build or server. Requires the stack's lock. */
export async function startWorker(
  home: BerthHome,
  address: string,
  onProgress?: (line: string) => void,
): Promise<void> {
  if (findRunningWorker(home, address) !== null) return;
  const wasRunning = await terminateStaleWorkers(home);
  const build = readCurrentBuild();
  if (build === null)
    throw new BerthError('STACK_FAILED', `Berth is not built: ${workerScript} is missing. Build it: npm run build`);
  await launchWorker(home, { state: 'starting', process: null, build, address });
  onProgress?.(wasRunning ? 'replaced the worker of another version' : 'started the worker');
}

/**
 * Checks that no worker runs in the foreground.
 *
 * @throws STATE_CONFLICT when one does.
 */
export function requireNoForegroundWorker(home: BerthHome): void {
  const record = readRecord<WorkerRecord>(getRecordFile(home));
  if (!record?.isForeground || record.process === null || !isSameProcess(record.process)) return;
  const message = `process ${record.process.pid} is already the worker of ${home.root}; stop it first: berth down`;
  throw new BerthError('STATE_CONFLICT', message);
}

/** Records this process, which already polls, as the worker; ends one in the background. Requires the stack's lock. */
export async function recordForegroundWorker(home: BerthHome, address: string): Promise<void> {
  const thisProcess = identifyProcess(process.pid);
  if (readRecord<WorkerRecord>(getRecordFile(home))?.process?.pid !== thisProcess?.pid)
    await terminateStaleWorkers(home);
  const build = readCurrentBuild() ?? '';
  writeRecord(getRecordFile(home), { state: 'ready', process: thisProcess, build, address, isForeground: true });
}

/** Stops the worker and verifies that it is gone. Returns false if it did not run. Requires the stack's lock. */
export async function stopWorker(home: BerthHome): Promise<boolean> {
  const wasRunning = await terminateStaleWorkers(home);
  const record = readRecord<WorkerRecord>(getRecordFile(home));
  if (record !== null) writeRecord(getRecordFile(home), { ...record, state: 'stopped', process: null });
  return wasRunning;
}

async function launchWorker(home: BerthHome, record: WorkerRecord): Promise<void> {
  const readyFile = join(home.stack, 'worker.ready');
  rmSync(readyFile, { force: true });
  const log = getWorkerLog(home);
  const logOffset = rotateLog(log);
  writeRecord(getRecordFile(home), record);
  const identity = await spawnDetached({
    command: process.execPath,
    args: ['--enable-source-maps', workerScript, buildRecordArgument(home)],
    env: { ...buildWorkerEnvironment(home), BERTH_READY_FILE: readyFile },
    directory: home.root,
    log,
  });
  writeRecord(getRecordFile(home), { ...record, process: identity });
  const problem = await waitUntilReady(readyFile, identity);
  if (problem !== null) {
    await terminateProcess(identity, stopTimeoutSeconds);
    throw new BerthError('STACK_FAILED', `the worker ${problem}`, readLogTail(log, logOffset));
  }
  writeRecord(getRecordFile(home), { ...record, state: 'ready', process: identity });
}

/** Resolves with null when the worker polls both queues, else with the problem. */
async function waitUntilReady(readyFile: string, identity: ProcessIdentity): Promise<string | null> {
  const deadline = Date.now() + startTimeoutSeconds * 1000;
  while (!isReportedReady(readyFile)) {
    if (!isSameProcess(identity)) return 'ended during its start';
    if (Date.now() > deadline) return `did not poll within ${startTimeoutSeconds} s`;
    await sleep(15);
  }
  return null;
}

const isReportedReady = (readyFile: string): boolean =>
  existsSync(readyFile) && readFileSync(readyFile, 'utf8').includes('"ready":true');

async function terminateStaleWorkers(home: BerthHome): Promise<boolean> {
  const recorded = readRecord<WorkerRecord>(getRecordFile(home))?.process ?? null;
  const orphans = findProcessesByArgument(buildRecordArgument(home));
  const processes = recorded === null ? orphans : [recorded, ...orphans];
  const ended = await Promise.all(processes.map((identity) => terminateProcess(identity, stopTimeoutSeconds)));
  return ended.includes(true);
}

/**
 * Builds the argument that identifies the worker of this home among all processes; the worker itself reads
 * `BERTH_HOME`.
 */
const buildRecordArgument = (home: BerthHome): string => `--record=${getRecordFile(home)}`;

/**
 * Passes on the user's environment for `--env NAME`, with absolute paths because the worker runs in another directory.
 */
function buildWorkerEnvironment(home: BerthHome): NodeJS.ProcessEnv {
  const { BERTH_STRATEGIES } = process.env;
  const strategies = BERTH_STRATEGIES?.split(delimiter).map((path) => (path === '' ? path : resolve(path)));
  return { ...process.env, BERTH_HOME: home.root, ...(strategies && { BERTH_STRATEGIES: strategies.join(delimiter) }) };
}

/** Reads the version and digest of this build; null when Berth is not built. */
function readCurrentBuild(): string | null {
  try {
    // Read, not imported: the manifest is outside of the build.
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
    return `${version} ${readFileSync(join(packageRoot, 'dist', 'build'), 'utf8')}`;
  } catch {
    return null;
  }
}

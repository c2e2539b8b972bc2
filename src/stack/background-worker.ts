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

/** It ends earlier where the process does: a slow machine is given time. */
const startTimeoutSeconds = 120;
/** It lets running steps come to a point where another worker can go on. */
const stopTimeoutSeconds = 30;

/** `stack/worker.json`. */
interface WorkerRecord {
  /** `starting`: noted before the process exists; `ready`: it polls. */
  state: 'starting' | 'ready' | 'stopped';
  process: ProcessIdentity | null;
  /** Which Berth it is: version, and digest of what was built. */
  build: string;
  /** The server that it polls. */
  address: string;
  /** Somebody runs it by `berth worker`, and sees what it says. */
  isForeground?: boolean;
}

const getRecordFile = (home: BerthHome): string => join(home.stack, 'worker.json');
const workerScript = join(packageRoot, 'dist', 'worker.js');
export const getWorkerLog = (home: BerthHome): string => join(home.logs, 'worker.log');

/** The worker's process if it is up, of this very Berth and polling this server: one small file, one look at the process. */
export function findRunningWorker(home: BerthHome, address: string): ProcessIdentity | null {
  const record = readRecord<WorkerRecord>(getRecordFile(home));
  if (record?.state !== 'ready' || record.address !== address || record.build !== readCurrentBuild()) return null;
  return record.process !== null && isSameProcess(record.process) ? record.process : null;
}

/** Starts the worker unless it is up, in place of one of another build or server. Only under the stack's lock. */
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
  onProgress?.(wasRunning ? 'replaced the worker by one of this Berth' : 'started the worker in the background');
}

/** Throws STATE_CONFLICT when a worker runs in the foreground. */
export function requireNoForegroundWorker(home: BerthHome): void {
  const record = readRecord<WorkerRecord>(getRecordFile(home));
  if (!record?.isForeground || record.process === null || !isSameProcess(record.process)) return;
  const message = `process ${record.process.pid} is the worker of ${home.root} already; end it first: berth down`;
  throw new BerthError('STATE_CONFLICT', message);
}

/** Has this process be the worker, in place of one in the background. It polls already. Only under the stack's lock. */
export async function recordForegroundWorker(home: BerthHome, address: string): Promise<void> {
  const own = identifyProcess(process.pid);
  if (readRecord<WorkerRecord>(getRecordFile(home))?.process?.pid !== own?.pid) await terminateStaleWorkers(home);
  const build = readCurrentBuild() ?? '';
  writeRecord(getRecordFile(home), { state: 'ready', process: own, build, address, isForeground: true });
}

/** Stops the worker and proves it gone; false when it was not running. Only under the stack's lock. */
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
  const identity = spawnDetached({
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

/** Resolves with null when both queues are polled, else with what happened. */
async function waitUntilReady(readyFile: string, identity: ProcessIdentity): Promise<string | null> {
  const deadline = Date.now() + startTimeoutSeconds * 1000;
  while (!isReportedReady(readyFile)) {
    if (!isSameProcess(identity)) return 'ended while it started';
    if (Date.now() > deadline) return `did not poll within ${startTimeoutSeconds} s`;
    await sleep(15);
  }
  return null;
}

const isReportedReady = (readyFile: string): boolean =>
  existsSync(readyFile) && readFileSync(readyFile, 'utf8').includes('"ready":true');

async function terminateStaleWorkers(home: BerthHome): Promise<boolean> {
  const recorded = readRecord<WorkerRecord>(getRecordFile(home))?.process ?? null;
  const found = findProcessesByArgument(buildRecordArgument(home));
  const all = recorded === null ? found : [recorded, ...found];
  const ended = await Promise.all(all.map((identity) => terminateProcess(identity, stopTimeoutSeconds)));
  return ended.includes(true);
}

/** Names one worker among all processes of the machine; the worker itself reads `BERTH_HOME`. */
const buildRecordArgument = (home: BerthHome): string => `--record=${getRecordFile(home)}`;

/** The starter's own, so that `--env NAME` finds what the user set; relative paths must survive the change of directory. */
function buildWorkerEnvironment(home: BerthHome): NodeJS.ProcessEnv {
  const { BERTH_STRATEGIES } = process.env;
  const strategies = BERTH_STRATEGIES?.split(delimiter).map((path) => (path === '' ? path : resolve(path)));
  return { ...process.env, BERTH_HOME: home.root, ...(strategies && { BERTH_STRATEGIES: strategies.join(delimiter) }) };
}

/** Null when Berth is not built. */
function readCurrentBuild(): string | null {
  try {
    // Read, not imported: the manifest lies outside of what is built.
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
    return `${version} ${readFileSync(join(packageRoot, 'dist', 'build'), 'utf8')}`;
  } catch {
    return null;
  }
}

import { existsSync, rmSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError, isDiskFullMessage } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { isSameProcess, type ProcessIdentity } from '../processes/process-identity.js';
import {
  findProcessesByArgument,
  readLogTail,
  rotateLog,
  spawnDetached,
  terminateProcess,
} from './background-process.js';
import { ensureTemporal, type TemporalBinary } from './ensure-temporal.js';
import { readRecord, writeRecord } from './record-file.js';
import { buildDatabaseArgument, buildServerArguments, type ServerSettings } from './server-command.js';

/** Long enough for slow machines; ends earlier when the process does. */
const startTimeoutSeconds = 120;
const stopTimeoutSeconds = 10;
const namespace = 'default';

/** Content of `stack/server.json`. Free ports are reused at the next start, so that bookmarks keep working. */
export interface ServerRecord extends ServerSettings {
  /** `starting`: recorded before the process exists; `ready`: the server answers and is prepared. */
  state: 'starting' | 'ready' | 'stopped';
  process: ProcessIdentity | null;
  /** Output of the binary's `--version`. */
  version: string;
  /** True if this start created the database, which contains no data until the server is ready. */
  isNew?: boolean;
}

const getRecordFile = (home: BerthHome): string => join(home.stack, 'server.json');

/** Finds the running server. Reads one small file and checks one process. */
export function findRunningServer(home: BerthHome): ServerRecord | null {
  const record = readRecord<ServerRecord>(getRecordFile(home));
  return record?.state === 'ready' && record.process !== null && isSameProcess(record.process) ? record : null;
}

export const getServerAddress = ({ port }: ServerSettings): string => `127.0.0.1:${port}`;
export const getServerWebUrl = ({ uiPort }: ServerSettings): string => `http://127.0.0.1:${uiPort}`;
export const getServerLog = (home: BerthHome): string => join(home.logs, 'temporal.log');

/** Starts the server unless it runs; resolves when it answers and is prepared. Requires the stack's lock. */
export async function startServer(home: BerthHome, onProgress?: (line: string) => void): Promise<ServerRecord> {
  const running = findRunningServer(home);
  if (running !== null) return running;
  await terminateStaleServers(home);
  const binary = await ensureTemporal(home, onProgress);
  const record = await launchServer(home, binary, onProgress);
  onProgress?.(`started the embedded Temporal server, Web UI at ${getServerWebUrl(record)}`);
  return record;
}

/** Stops the server and verifies that it is gone. Returns false if it did not run. Requires the stack's lock. */
export async function stopServer(home: BerthHome): Promise<boolean> {
  const wasRunning = await terminateStaleServers(home);
  const record = readRecord<ServerRecord>(getRecordFile(home));
  if (record !== null) writeRecord(getRecordFile(home), { ...record, state: 'stopped', process: null });
  return wasRunning;
}

/** Ends orphans of interrupted starts, because two servers would corrupt the database file. */
async function terminateStaleServers(home: BerthHome): Promise<boolean> {
  const record = readRecord<ServerRecord>(getRecordFile(home));
  if (record === null) return false;
  const orphans = findProcessesByArgument(buildDatabaseArgument(record));
  const processes = record.process === null ? orphans : [record.process, ...orphans];
  const ended = await Promise.all(processes.map((identity) => terminateProcess(identity, stopTimeoutSeconds)));
  return ended.includes(true);
}

/** Returns the database file of a server version; there is no migration between versions. */
const getDatabaseFile = (home: BerthHome, { serverVersion }: TemporalBinary): string =>
  join(home.root, `temporal-server-${serverVersion}.db`);

async function launchServer(
  home: BerthHome,
  binary: TemporalBinary,
  onProgress?: (line: string) => void,
): Promise<ServerRecord> {
  const last = readRecord<ServerRecord>(getRecordFile(home));
  const database = getDatabaseFile(home, binary);
  if (last !== null && last.database !== database)
    onProgress?.(`the Temporal server has a new version; earlier deployments stay in ${last.database}`);
  if (last?.state === 'starting' && last.isNew) removeDatabase(last);
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(attempt === 1 ? last : null);
    const isNew = !existsSync(database);
    const version = binary.description;
    const record: ServerRecord = { state: 'starting', process: null, ...ports, version, database, isNew };
    try {
      return await attemptLaunch(home, binary, record);
    } catch (error) {
      // Another process may have taken the port since it was chosen.
      const isPortTaken = error instanceof BerthError && error.details.evidence?.includes('address already in use');
      if (!isPortTaken || attempt === 3) throw error;
    }
  }
}

/** Removes a database whose creation was interrupted; a server would never start on it. */
function removeDatabase({ database }: ServerRecord): void {
  for (const file of ['', '-wal', '-shm']) rmSync(`${database}${file}`, { force: true });
}

async function choosePorts(last: ServerRecord | null): Promise<{ port: number; uiPort: number }> {
  const { clearLockedPorts, default: getPort } = await import('get-port');
  clearLockedPorts(); // otherwise get-port refuses the last port in this process
  const host = '127.0.0.1';
  const port = await getPort({ host, ...(last && { port: last.port }) });
  const uiPort = await getPort({ host, exclude: [port], ...(last && { port: last.uiPort }) });
  return { port, uiPort };
}

async function attemptLaunch(home: BerthHome, binary: TemporalBinary, record: ServerRecord): Promise<ServerRecord> {
  const { searchAttributeNames } = await import('../temporal/namespace.js');
  const log = getServerLog(home);
  const logOffset = rotateLog(log);
  writeRecord(getRecordFile(home), record);
  const identity = await spawnDetached({
    command: binary.path,
    args: buildServerArguments(record, searchAttributeNames),
    env: buildServerEnvironment(),
    directory: home.root,
    log,
  });
  writeRecord(getRecordFile(home), { ...record, process: identity });
  try {
    await prepareServer(record, () => isSameProcess(identity));
  } catch (error) {
    await terminateProcess(identity, stopTimeoutSeconds);
    const evidence = readLogTail(log, logOffset);
    const isFullNow = isDiskFull(home); // before the removal of the database frees space
    if (record.isNew) removeDatabase(record);
    const { message } = BerthError.from(error);
    const isFull = isDiskFullMessage(evidence.evidence) || isFullNow;
    const code = isFull ? 'DISK_FULL' : 'STACK_FAILED';
    const problem = isFull ? `did not start: no space left in ${home.root}` : message;
    throw new BerthError(code, `the embedded Temporal server ${problem}`, evidence, { cause: error });
  }
  const ready: ServerRecord = { ...record, state: 'ready', process: identity, isNew: false };
  writeRecord(getRecordFile(home), ready);
  return ready;
}

/** Checks whether the disk is full, because then the log may lack the message. */
function isDiskFull({ root }: BerthHome): boolean {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize < 1024 ** 2;
}

/** Builds a minimal environment, because the user's may contain secrets. */
function buildServerEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}

async function prepareServer(settings: ServerSettings, isAlive: () => boolean): Promise<void> {
  const [{ openConnection }, { extendRetention, registerSearchAttributes }] = await Promise.all([
    import('../temporal/open-connection.js'),
    import('../temporal/namespace.js'),
    waitForPort(settings.port, isAlive),
  ]);
  const connection = await openConnection({
    address: getServerAddress(settings),
    connectTimeout: startTimeoutSeconds * 1000,
  });
  try {
    await registerSearchAttributes(connection, namespace);
    await extendRetention(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function waitForPort(port: number, isAlive: () => boolean): Promise<void> {
  const deadline = Date.now() + startTimeoutSeconds * 1000;
  while (!(await isOpen(port))) {
    if (!isAlive()) throw new Error('ended during its start');
    if (Date.now() > deadline) throw new Error(`did not answer on port ${port} within ${startTimeoutSeconds} s`);
    await sleep(10);
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

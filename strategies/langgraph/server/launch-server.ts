import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, lstat, mkdir, open, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { builtInStrategiesDirectory } from '../../../src/home/package-root.js';
import { addToControlGroup } from '../../../src/processes/control-group.js';
import { getFileSize } from '../../../src/processes/log-file.js';
import { chooseFreePort } from '../../../src/processes/ports.js';
import { trackExit, waitForTrackedExit } from '../../../src/processes/process-exit.js';
import { identifyProcess, isSameProcess } from '../../../src/processes/process-identity.js';
import { buildSoftwareEnvironment } from '../../../src/runners/build-software-environment.js';
import { findStuckImport } from '../../../src/runners/host/find-stuck-import.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { buildUrl, getCallAddress, getListenAddress } from '../../../src/runners/http/server-address.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import { stopServer } from '../../../src/runners/server/stop-server.js';
import type { GraphInterface } from '../graph-interface.js';
import { probeServer, probeTimeout } from './probe-server.js';
import { buildServerArguments, buildServerEnvironment } from './server-command.js';
import { readServerConfig } from './server-config.js';
import { type ServerRecord, writeServerRecord } from './server-record.js';

/** Seconds that importing the graphs may take. */
export const startTimeout = 300;
/** Ports that are tried when others are faster to take them. */
const maxAttempts = 5;
/** Keeps threads over restarts and revisions; a checkpointer that the repository configures itself stands above it. */
const threadStoreModule = join(builtInStrategiesDirectory, 'langgraph', 'server', 'thread_store.py');
/** Of the log, to say why a start failed. */
const evidenceBytes = 65_536;
const evidenceLines = 40;

export interface LaunchOptions extends StartOptions {
  /** Graphs of the langgraph.json that are not served. */
  skippedGraphs: string[];
  /** Kept in the record. */
  notes: string[];
}

/**
 * Starts `langgraph dev` for the plan, in a process group of its own, and waits until it serves. START_FAILED with the
 * log's tail when it ends before, NOT_READY when it never answers, TOOL_MISSING without a Python; then, as when the
 * signal aborts, nothing is left running.
 */
export async function launchServer(
  plan: RunPlan,
  graph: GraphInterface,
  options: LaunchOptions,
): Promise<ServerRecord> {
  const {
    document,
    dependencies,
    env: declared,
    dropped,
  } = await readServerConfig({ directory: plan.directory, skippedGraphs: options.skippedGraphs, ...graph });
  for (const setting of dropped)
    options.onProgress?.(`${graph.config}: ${setting} is left out: Berth calls the server as it is`);
  const config = join(plan.stateDirectory, 'langgraph.json');
  const kept = join(plan.stateDirectory, 'threads.py'); // Python writes bytecode beside what it imports
  const checkpointer = { path: `${kept}:open_threads` };
  await writeFile(config, JSON.stringify({ checkpointer, ...document }, null, 2), { mode: 0o600 });
  await copyFile(threadStoreModule, kept);
  await mkdir(plan.sharedDirectory, { recursive: true, mode: 0o700 });
  await linkStateDirectory(plan);
  for (let attempt = 1; ; attempt += 1) {
    const record = await launchOnPort(plan, {
      config,
      declared,
      dependencies,
      needsHost: graph.needsHost,
      options,
      attempt,
    });
    if (record !== undefined) return record;
    if (attempt === maxAttempts)
      throw new BerthError('START_FAILED', `${maxAttempts} ports were taken by others, one after another`);
    options.onProgress?.('another process took the port meanwhile: trying the next');
  }
}

interface LaunchAttempt {
  config: string;
  declared: Record<string, string>;
  dependencies: string[];
  needsHost: boolean;
  options: LaunchOptions;
  attempt: number;
}

/** Undefined when the port was taken in the last moment, so that the server chose another without being asked. */
async function launchOnPort(plan: RunPlan, attemptOptions: LaunchAttempt): Promise<ServerRecord | undefined> {
  const { config, declared, dependencies, needsHost, options, attempt } = attemptOptions;
  const address = getListenAddress(plan);
  const text = `${plan.deployment}/${plan.revision}${attempt === 1 ? '' : `/${attempt}`}`;
  const port = await chooseFreePort(text, address);
  const token = randomUUID();
  const python = plan.environment?.python ?? 'python3';
  const environment = buildServerEnvironment(plan, {
    base: buildSoftwareEnvironment(python),
    declared,
    dependencies,
    env: options.env,
    token,
    needsHost,
  });
  const logStart = await getFileSize(plan.logFile);
  const { concurrency, memory } = plan.resources;
  const argv = buildServerArguments({ address, port, config, concurrency, memory });
  const child = await spawnServer(plan, { python, argv, environment });
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw await explainExit(plan, 'ended at once', logStart);
  trackExit(child, identity);
  child.unref();
  const url = buildUrl(getCallAddress(address), port);
  const record: ServerRecord = { ...identity, port, url, token, notes: options.notes };
  try {
    await writeServerRecord(plan, record);
    const isOurs = await waitForServer(plan, record, { logStart, options });
    await (isOurs ? cancelLostRuns(record) : stopServer(plan, identity, 0));
    return isOurs ? record : undefined;
  } catch (error) {
    await stopServer(plan, identity, 0);
    throw error;
  }
}

/** False when another server has the port. */
async function waitForServer(
  plan: RunPlan,
  record: ServerRecord,
  { logStart, options }: { logStart: number; options: StartOptions },
): Promise<boolean> {
  const isElsewhere = async () =>
    /Port \d+ is already in use, using port \d+ instead/.test(await readLogSince(plan, logStart));
  let isOurs = true;
  const isReady = async () => {
    const state = await probeServer(record);
    if (state === 'gone') throw await explainExit(plan, (await waitForTrackedExit(record)) ?? 'ended', logStart);
    isOurs = state !== 'foreign' && (state === 'serving' || !(await isElsewhere()));
    return state === 'serving' || !isOurs;
  };
  const waitOptions = { timeout: startTimeout, interval: 50, ...(options.signal && { signal: options.signal }) };
  await waitUntilReady({ description: 'answer GET /ok as this revision', isReady }, waitOptions);
  return isOurs;
}

async function spawnServer(
  { directory, logFile, stateDirectory }: RunPlan,
  { python, argv, environment }: { python: string; argv: string[]; environment: Record<string, string> },
): Promise<ChildProcess> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a', 0o600);
  try {
    const stdio = ['ignore', log.fd, log.fd] as const;
    const child = spawn(python, argv, { cwd: directory, env: environment, detached: true, stdio: [...stdio] });
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

/**
 * The server keeps what it knows of threads and runs in `.langgraph_api` of its working directory. That is the revision,
 * so that the code finds its files; a link puts it into the state directory.
 */
async function linkStateDirectory({ directory, stateDirectory }: RunPlan): Promise<void> {
  const state = join(stateDirectory, 'langgraph_api');
  const link = join(directory, '.langgraph_api');
  await mkdir(state, { recursive: true, mode: 0o700 });
  if ((await readlink(link).catch(() => undefined)) === state) return;
  if ((await lstat(link).catch(() => undefined)) !== undefined) await rm(link, { recursive: true });
  await symlink(state, link);
}

async function explainExit(plan: RunPlan, how: string, logStart: number): Promise<BerthError> {
  const log = await readLogSince(plan, logStart);
  const stuck = findStuckImport(log, plan);
  if (stuck !== undefined)
    return new BerthError('IMPORT_FAILED', `importing the graph failed: ${stuck.message}`, {
      ...{ name: plan.deployment, log: plan.logFile, evidence: stuck.evidence },
    });
  const lines = log.trimEnd().split('\n');
  const evidence = lines.slice(-evidenceLines).join('\n');
  const reason = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b.*: |^Error: /.test(line));
  const message = `the server ${how} before it could be called${reason === undefined ? '' : `: ${reason.trim()}`}`;
  return new BerthError('START_FAILED', message, { name: plan.deployment, log: plan.logFile, evidence });
}

/** What the log holds beyond `start`, at most its last 64 KB. */
async function readLogSince({ logFile }: RunPlan, start: number): Promise<string> {
  const end = await getFileSize(logFile);
  const from = Math.max(start, end - evidenceBytes);
  if (end <= from) return '';
  const log = await open(logFile);
  try {
    const { buffer, bytesRead } = await log.read(Buffer.alloc(end - from), 0, end - from, from);
    return stripVTControlCharacters(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await log.close();
  }
}

/**
 * Nobody waits any more for the runs that an earlier server was killed in: the server would run them again, with all
 * that they do, and one that ended it would end it anew.
 */
async function cancelLostRuns({ url }: ServerRecord): Promise<void> {
  await callHttp({
    url: `${url}/runs/cancel?action=interrupt`,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"all"}',
    signal: AbortSignal.timeout(probeTimeout),
  }).catch(() => undefined); // it ended meanwhile: that shows elsewhere
}

/** Waits for a server that an earlier start left behind: true when it serves, false when it is to be replaced. */
export async function awaitServer(record: ServerRecord, { signal, onProgress }: StartOptions): Promise<boolean> {
  if (!isSameProcess(record)) return false;
  onProgress?.(`process ${record.pid} of an earlier start is there`);
  let state = await probeServer(record);
  const isReady = async () => {
    state = await probeServer(record);
    return state !== 'starting';
  };
  const waitOptions = { timeout: startTimeout, interval: 50, ...(signal && { signal }) };
  await waitUntilReady({ description: 'answer GET /ok', isReady }, waitOptions);
  return state === 'serving';
}

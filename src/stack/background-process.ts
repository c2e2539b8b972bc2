import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../processes/process-identity.js';
import { spawnLogged } from '../processes/spawn-logged.js';

const maxLogBytes = 10 * 1024 * 1024;
const tailBytes = 4000;

interface LaunchOptions {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  directory: string;
  log: string;
}

/**
 * Starts a process that outlives this one.
 *
 * @throws STACK_FAILED when it cannot be started.
 */
export async function spawnDetached({ command, args, env, directory, log }: LaunchOptions): Promise<ProcessIdentity> {
  const child = await spawnLogged({ argv: [command, ...args], cwd: directory, env, logFile: log }).catch((error) => {
    throw new BerthError('STACK_FAILED', BerthError.from(error).message, { log }, { cause: error });
  });
  child.unref();
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity === null) throw new BerthError('STACK_FAILED', `cannot start ${command}`, { log });
  return identity;
}

/** Terminates a process, kills it after `timeoutSeconds`, and verifies that it is gone. Returns false if it did not run. */
export async function terminateProcess(identity: ProcessIdentity, timeoutSeconds: number): Promise<boolean> {
  if (!sendSignal(identity, 'SIGTERM')) return false;
  if (await isGoneWithin(identity, timeoutSeconds)) return true;
  sendSignal(identity, 'SIGKILL');
  if (await isGoneWithin(identity, 5)) return true;
  throw new BerthError('STACK_FAILED', `process ${identity.pid} survives SIGKILL`);
}

/** Rotates a large log. Returns the offset in bytes of lines that are written from now on. */
export function rotateLog(log: string): number {
  if (!existsSync(log)) return 0;
  const { size } = statSync(log);
  if (size <= maxLogBytes) return size;
  renameSync(log, `${log}.1`);
  return 0;
}

/** Reads the last lines that a process wrote since the offset `start`, for an error's details. */
export function readLogTail(log: string, start: number): { log: string; evidence: string } {
  const written = existsSync(log) ? readFileSync(log).subarray(start) : Buffer.alloc(0);
  return { log, evidence: written.subarray(-tailBytes).toString('utf8').trim() };
}

/**
 * Finds processes with exactly this argument: orphans of a command that was killed between starting a process and
 * recording its pid.
 */
export function findProcessesByArgument(argument: string): ProcessIdentity[] {
  const pids = process.platform === 'linux' ? listPidsFromProc(argument) : listPidsFromPs(argument);
  return pids.map((pid) => identifyProcess(pid)).filter((identity) => identity !== null);
}

const listPidsFromProc = (argument: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readArguments(name).includes(argument))
    .map(Number);

function readArguments(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function listPidsFromPs(argument: string): number[] {
  const lines = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).stdout.split('\n');
  return lines.filter((line) => `${line} `.includes(` ${argument} `)).map((line) => Number.parseInt(line, 10));
}

function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

async function isGoneWithin(identity: ProcessIdentity, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (isSameProcess(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

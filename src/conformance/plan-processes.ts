import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../contract/handle.js';

/** Milliseconds in which killed processes have to end. */
const killTimeout = 10_000;

/** Finds the running processes of a plan's software. */
export const findPlanProcesses = (plan: RunPlan): number[] => findProcessesBelow(dirname(plan.stateDirectory));

/** Finds processes with a path below the directory in their arguments, their environment or as working directory. */
function findProcessesBelow(directory: string): number[] {
  const prefix = directory + sep;
  const pids = process.platform === 'linux' ? findOnLinux(prefix) : findWithPs(prefix);
  return pids.filter((pid) => pid !== process.pid);
}

function findOnLinux(prefix: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => describeProcess(pid).includes(prefix)).map(Number);
}

/** Returns the arguments, environment and working directory of a process, as far as this user may read them. */
function describeProcess(pid: string): string {
  const read = (readFile: () => string): string => {
    try {
      return readFile();
    } catch {
      return '';
    }
  };
  const texts = ['cmdline', 'environ'].map((file) => read(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')));
  return [...texts, read(() => readlinkSync(`/proc/${pid}/cwd`) + sep)].join('\0');
}

function findWithPs(prefix: string): number[] {
  return execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line.includes(prefix))
    .map((line) => Number.parseInt(line, 10));
}

/** Kills the processes of a plan and resolves when they have ended. Throws if there are none. */
export async function killPlanProcesses(plan: RunPlan): Promise<void> {
  if ((await killProcessesBelow(dirname(plan.stateDirectory))) > 0) return;
  throw new Error('the software has no process on this machine to kill');
}

/** Kills the remaining processes in the suite's directory, resolves when they have ended, and returns their number. */
export async function killProcessesBelow(directory: string): Promise<number> {
  let killed = 0;
  for (const deadline = Date.now() + killTimeout; ; await sleep(10)) {
    const pids = findProcessesBelow(directory);
    if (pids.length === 0) return killed;
    if (Date.now() > deadline) throw new Error(`these processes do not end when killed: ${pids.join(', ')}`);
    for (const pid of pids) killed += kill(pid);
  }
}

function kill(pid: number): number {
  try {
    process.kill(pid, 'SIGKILL');
    return 1;
  } catch {
    return 0; // ended meanwhile
  }
}

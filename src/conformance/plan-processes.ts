import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../contract/handle.js';

/** Milliseconds that killed processes have to be gone. */
const killTimeout = 10_000;

/** Living processes of a plan's software, whatever runs it. */
export const findPlanProcesses = (plan: RunPlan): number[] => findProcessesBelow(dirname(plan.stateDirectory));

/** Those that have something below the directory in their arguments or environment, or as their working directory. */
function findProcessesBelow(directory: string): number[] {
  const place = directory + sep;
  const found = process.platform === 'linux' ? findOnLinux(place) : findWithPs(place);
  return found.filter((pid) => pid !== process.pid);
}

function findOnLinux(place: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => describeProcess(pid).includes(place)).map(Number);
}

/** Nothing of processes of others, of zombies, and of what ended in the meantime. */
function describeProcess(pid: string): string {
  const read = (look: () => string): string => {
    try {
      return look();
    } catch {
      return '';
    }
  };
  const texts = ['cmdline', 'environ'].map((file) => read(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')));
  return [...texts, read(() => readlinkSync(`/proc/${pid}/cwd`) + sep)].join('\0');
}

function findWithPs(place: string): number[] {
  return execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line.includes(place))
    .map((line) => Number.parseInt(line, 10));
}

/** Kills all of them, and resolves when none is left. Throws when there was none to kill. */
export async function killPlanProcesses(plan: RunPlan): Promise<void> {
  if ((await killProcessesBelow(dirname(plan.stateDirectory))) > 0) return;
  throw new Error('the software has no process on this machine that could be killed');
}

/** Kills what a strategy has left in the suite's directory, and resolves when none is left; returns how many there were. */
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

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';

/** Milliseconds that killed processes have to be gone. */
const killPatience = 10_000;

/**
 * Living processes that hold this `NAME=VALUE` in their environment, wherever their session and their parent are:
 * children inherit it.
 */
export function findByEnvironment(assignment: string): number[] {
  const found = process.platform === 'linux' ? findInProc(assignment) : findWithPs(assignment);
  return found.filter((pid) => pid !== process.pid);
}

function findInProc(assignment: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const wanted = Buffer.from(assignment).toString('latin1');
  return pids.filter((pid) => readEnvironment(pid).split('\0').includes(wanted)).map(Number);
}

/** Byte for byte, as not all is text. Empty for processes of others, for zombies, and for what ended in the meantime. */
function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function findWithPs(assignment: string): number[] {
  return execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => ` ${line} `.includes(` ${assignment} `))
    .map((line) => Number.parseInt(line, 10));
}

/**
 * Kills what `findByEnvironment` finds until nothing is left; twice looked for, because a process may fork while it is
 * being found. Returns how many it killed. Throws UNDO_INCOMPLETE, naming what does not end.
 */
export async function killByEnvironment(assignment: string): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + killPatience;
  for (let absences = 0; absences < 2; ) {
    const pids = findByEnvironment(assignment);
    for (const pid of pids) if (kill(pid)) killed.add(pid);
    absences = pids.length === 0 ? absences + 1 : 0;
    if (Date.now() > deadline) {
      const left = pids.join(', ');
      throw new BerthError('UNDO_INCOMPLETE', `these processes do not end, not even when killed: ${left}`);
    }
    if (absences < 2) await sleep(10);
  }
  return killed.size;
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it ended meanwhile
  }
}

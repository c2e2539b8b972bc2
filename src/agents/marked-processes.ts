import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { markVariable } from './agent-environment.js';

/** Living processes of a run, wherever their session and their parent are. */
export function findMarked(mark: string): number[] {
  const assignment = `${markVariable}=${mark}`;
  const found = process.platform === 'linux' ? findInProc(assignment) : findByPs(assignment);
  return found.filter((pid) => pid !== process.pid);
}

function findInProc(assignment: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => readEnvironment(pid).split('\0').includes(assignment)).map(Number);
}

/** Empty for processes of others, for zombies, and for what ended in the meantime. */
function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function findByPs(assignment: string): number[] {
  const listing = execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64_000_000 });
  const lines = listing.split('\n').filter((line) => line.split(' ').includes(assignment));
  return lines.map((line) => Number.parseInt(line, 10));
}

/**
 * Kills what is left of a run until nothing is; twice looked for, because a process may fork while it is being found.
 * Returns how many it killed. Throws UNDO_INCOMPLETE when something is still there after ten seconds.
 */
export async function killMarked(mark: string): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + 10_000;
  for (let absences = 0; absences < 2; ) {
    const pids = findMarked(mark);
    for (const pid of pids) if (kill(pid)) killed.add(pid);
    absences = pids.length === 0 ? absences + 1 : 0;
    if (Date.now() > deadline) {
      throw new BerthError('UNDO_INCOMPLETE', `processes of the agent do not end: ${pids.join(', ')}`);
    }
    await sleep(absences === 0 ? 20 : 5);
  }
  return killed.size;
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../contract/handle.js';
import { BerthError } from '../errors.js';

/** Milliseconds that killed processes have to be gone. */
const killPatience = 10_000;

/**
 * The variable by which all processes of a revision's server are found, wherever their parent and their session are:
 * children inherit it. Its value follows from the plan, so that nothing has to be written down before a start.
 */
export const markOf = ({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): Record<'BERTH_SERVER', string> => ({
  BERTH_SERVER: stateDirectory,
});

/** Living processes of the plan's server. */
export function findMarked(plan: Pick<RunPlan, 'stateDirectory'>): number[] {
  const assignment = `BERTH_SERVER=${markOf(plan).BERTH_SERVER}`;
  const found = process.platform === 'linux' ? findInProc(assignment) : findWithPs(assignment);
  return found.filter((pid) => pid !== process.pid);
}

function findInProc(assignment: string): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => readEnvironment(pid).split('\0').includes(assignment)).map(Number);
}

/** Empty for processes of others, for zombies, and for what ended in the meantime. */
function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
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
 * Kills what is left of the plan's server, and resolves when nothing is; twice looked for, because a process may fork
 * while it is being found. UNDO_INCOMPLETE names what does not end.
 */
export async function killMarked(plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> {
  const deadline = Date.now() + killPatience;
  for (let absences = 0; absences < 2; ) {
    const pids = findMarked(plan);
    for (const pid of pids) kill(pid);
    absences = pids.length === 0 ? absences + 1 : 0;
    if (Date.now() > deadline) {
      const left = pids.join(', ');
      throw new BerthError('UNDO_INCOMPLETE', `these processes do not end, not even when killed: ${left}`);
    }
    if (absences < 2) await sleep(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

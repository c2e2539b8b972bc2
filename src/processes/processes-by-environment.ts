import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { readControlGroupOwner } from './control-group.js';

/** Variable with the value that is also in the name of a server's control group. */
export const serverVariable = 'BERTH_SERVER';

/** Milliseconds that killed processes may take to end. */
const killTimeout = 10_000;

/**
 * Finds running processes with this `NAME=VALUE` in their environment, regardless of their session and parent: child
 * processes inherit it. A server's control group counts as its variable, which also finds a process that has cleared
 * its environment.
 */
export const findProcessesByVariable = (assignment: string): number[] =>
  listEnvironments()
    .filter(({ variables }) => variables.includes(toLatin1(assignment)))
    .map(({ pid }) => pid);

/** A process and the value of one variable in its environment. */
export interface ProcessVariable {
  pid: number;
  value: string;
}

/** Finds running processes that have one of the variables, with a value that starts with the prefix. */
export function findProcessesByVariablePrefix(names: readonly string[], prefix: string): ProcessVariable[] {
  const beginnings = names.map((name) => toLatin1(`${name}=${prefix}`));
  return listEnvironments().flatMap(({ pid, variables }) => {
    const assignment = variables.find((variable) => beginnings.some((beginning) => variable.startsWith(beginning)));
    if (assignment === undefined) return [];
    return [{ pid, value: Buffer.from(assignment.slice(assignment.indexOf('=') + 1), 'latin1').toString() }];
  });
}

interface ProcessEnvironment {
  pid: number;
  variables: string[];
}

const listEnvironments = (): ProcessEnvironment[] =>
  (process.platform === 'linux' ? listFromProc() : listFromPs()).filter(({ pid }) => pid !== process.pid);

const listFromProc = (): ProcessEnvironment[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => ({
      pid: Number(pid),
      variables: [...readEnvironment(pid).split('\0'), ...readControlGroupVariables(pid)],
    }));

/** Returns the variable that the process's control group represents. */
function readControlGroupVariables(pid: string): string[] {
  const stateDirectory = readControlGroupOwner(pid);
  return stateDirectory === undefined ? [] : [toLatin1(`${serverVariable}=${stateDirectory}`)];
}

/** Encodes a text as `readEnvironment` decodes it. */
const toLatin1 = (text: string): string => Buffer.from(text).toString('latin1');

/**
 * Reads an environment byte by byte, as not all of it is text. Empty for processes of other users, for zombies, and for
 * processes that have ended.
 */
function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** Reads environments with `ps`, which cuts a value at its first blank. */
const listFromPs = (): ProcessEnvironment[] =>
  execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'latin1', maxBuffer: 2 ** 26 })
    .split('\n')
    .map((line) => ({ pid: Number.parseInt(line, 10), variables: line.split(' ') }));

/**
 * Kills what `findProcessesByVariable` finds until it finds nothing. Checks twice, because a process may fork
 * meanwhile. Returns the number of killed processes.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export const killProcessesByVariable = (assignment: string): Promise<number> =>
  killUntilGone(() => findProcessesByVariable(assignment).map((pid) => ({ pid })));

/** Kills the processes that `find` returns, in the same way. */
export async function killUntilGone(find: () => Pick<ProcessVariable, 'pid'>[]): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + killTimeout;
  for (let absences = 0; absences < 2; ) {
    const pids = find().map(({ pid }) => pid);
    for (const pid of pids) if (killProcess(pid)) killed.add(pid);
    absences = pids.length === 0 ? absences + 1 : 0;
    if (Date.now() > deadline) {
      const left = pids.join(', ');
      throw new BerthError('UNDO_INCOMPLETE', `these processes survive SIGKILL: ${left}`);
    }
    if (pids.length > 0) await sleep(10);
  }
  return killed.size;
}

function killProcess(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it has ended
  }
}

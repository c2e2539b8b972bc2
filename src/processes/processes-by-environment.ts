import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { readControlGroupOwner } from './control-group.js';

/** The variable that says what a control group does. */
export const serverVariable = 'BERTH_SERVER';

/** Milliseconds that killed processes have to be gone. */
const killTimeout = 10_000;

/**
 * Living processes that hold this `NAME=VALUE` in their environment, wherever their session and their parent are:
 * children inherit it. Their control group says the same of a server's, also once they have cleared their environment.
 */
export const findProcessesByVariable = (assignment: string): number[] =>
  listEnvironments()
    .filter(({ variables }) => variables.includes(toLatin1(assignment)))
    .map(({ pid }) => pid);

/** A process and what its environment says of one variable. */
export interface ProcessVariable {
  pid: number;
  value: string;
}

/** Living processes in whose environment one of the variables has a value that begins so. */
export function findProcessesByVariablePrefix(names: readonly string[], prefix: string): ProcessVariable[] {
  const beginnings = names.map((name) => toLatin1(`${name}=${prefix}`));
  return listEnvironments().flatMap(({ pid, variables }) => {
    const found = variables.find((variable) => beginnings.some((beginning) => variable.startsWith(beginning)));
    if (found === undefined) return [];
    return [{ pid, value: Buffer.from(found.slice(found.indexOf('=') + 1), 'latin1').toString() }];
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

/** As the environment of a server says it. */
function readControlGroupVariables(pid: string): string[] {
  const stateDirectory = readControlGroupOwner(pid);
  return stateDirectory === undefined ? [] : [toLatin1(`${serverVariable}=${stateDirectory}`)];
}

/** As `readEnvironment` reads it. */
const toLatin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Byte for byte, as not all is text. Empty for processes of others, for zombies, and for what ended in the meantime. */
function readEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** A value with a blank in it is cut there. */
const listFromPs = (): ProcessEnvironment[] =>
  execFileSync('ps', ['eww', '-axo', 'pid=,command='], { encoding: 'latin1', maxBuffer: 2 ** 26 })
    .split('\n')
    .map((line) => ({ pid: Number.parseInt(line, 10), variables: line.split(' ') }));

/**
 * Kills what `findByEnvironment` finds until nothing is left; twice looked for, because a process may fork while it is
 * being found. Returns how many it killed. Throws UNDO_INCOMPLETE, naming what does not end.
 */
export const killProcessesByVariable = (assignment: string): Promise<number> =>
  killUntilGone(() => findProcessesByVariable(assignment).map((pid) => ({ pid })));

/** The same for what another search finds. */
export async function killUntilGone(find: () => Pick<ProcessVariable, 'pid'>[]): Promise<number> {
  const killed = new Set<number>();
  const deadline = Date.now() + killTimeout;
  for (let absences = 0; absences < 2; ) {
    const pids = find().map(({ pid }) => pid);
    for (const pid of pids) if (killProcess(pid)) killed.add(pid);
    absences = pids.length === 0 ? absences + 1 : 0;
    if (Date.now() > deadline) {
      const left = pids.join(', ');
      throw new BerthError('UNDO_INCOMPLETE', `these processes do not end, not even when killed: ${left}`);
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
    return false; // it ended meanwhile
  }
}

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from './process-identity.js';
import { readProcessStat } from './process-stat.js';

/**
 * Milliseconds between two checks, for group members to end by themselves, and for killed ones to end.
 */
const pollInterval = 10;
const membersTimeout = 1_000;
const killTimeout = 5_000;

/**
 * Ends the process group of `leader`: signals the leader, kills it after `grace` seconds (immediately if that is 0),
 * then ends the other members. Resolves when no process of the group exists. Safe to call twice.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export async function stopProcessGroup(leader: ProcessIdentity, grace: number): Promise<void> {
  // A signal would interrupt code that blocks its process, so that the next call would begin and then be killed.
  if (grace === 0 && isSameProcess(leader)) return await killGroup(leader.pid);
  if (isSameProcess(leader)) {
    sendSignal(leader.pid, 'SIGTERM');
    await waitFor(() => !isSameProcess(leader), grace * 1000);
  } else if (identifyProcess(leader.pid) !== null) {
    return; // another process has the pid now, and the group is that process's
  }
  if (listGroupMembers(leader.pid).some((pid) => pid !== leader.pid)) {
    sendSignal(-leader.pid, 'SIGTERM');
    await waitFor(() => listGroupMembers(leader.pid).length === 0, isSameProcess(leader) ? 0 : membersTimeout);
  }
  await killGroup(leader.pid);
}

async function killGroup(group: number): Promise<void> {
  const isGone = () => {
    const members = listGroupMembers(group);
    if (members.length > 0) sendSignal(-group, 'SIGKILL');
    return members.length === 0;
  };
  if (await waitFor(isGone, killTimeout)) return;
  const left = listGroupMembers(group).join(', ');
  throw new BerthError('UNDO_INCOMPLETE', `these processes survive SIGKILL: ${left}`);
}

/** Lists the processes of the group, except those that only wait to be reaped. */
export function listGroupMembers(group: number): number[] {
  if (!isAlive(-group)) return [];
  return process.platform === 'linux' ? listLinuxMembers(group) : listMembersFromPs(group);
}

function listLinuxMembers(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProcessStat(name)?.group === group)
    .map(Number);
}

function listMembersFromPs(group: number): number[] {
  return execFileSync('ps', ['-axo', 'pid=,pgid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, processGroup, state = 'Z']) => Number(processGroup) === group && !state.startsWith('Z'))
    .map(([pid]) => Number(pid));
}

function isAlive(target: number): boolean {
  try {
    process.kill(target, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // It has ended. The caller checks again for remaining processes.
  }
}

/** Returns whether the condition became true in time. */
async function waitFor(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() >= deadline) return false;
    await sleep(pollInterval);
  }
  return true;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { listDescendants } from '../../processes/list-descendants.js';
import { findMarkedProcesses, killMarkedProcesses } from '../../processes/marked-processes.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { isSameProcess, type ProcessIdentity } from '../../processes/process-identity.js';

/** Milliseconds that a killed process may take to end. */
const killTimeout = 5_000;

/**
 * Stops the plan's server: signals its leader, waits `grace` seconds, then kills what is left of its group, of the
 * processes with the plan's mark, and of their descendants. Resolves when none of them exist, so that its ports are
 * free. Safe to call twice, and without a leader.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export async function stopServer(
  plan: Pick<RunPlan, 'stateDirectory'>,
  leader: ProcessIdentity | undefined,
  grace: number,
): Promise<void> {
  const roots = findMarkedProcesses(plan);
  if (leader !== undefined && isSameProcess(leader)) roots.push(leader.pid);
  const processes = roots.length === 0 ? [] : listDescendants(roots);
  if (leader !== undefined) await stopProcessGroup(leader, grace);
  for (const identity of processes) await killProcess(identity);
  await killMarkedProcesses(plan);
}

/** Kills a process, and its group when it leads one. */
async function killProcess(identity: ProcessIdentity): Promise<void> {
  if (!isSameProcess(identity)) return;
  await stopProcessGroup(identity, 0);
  for (const deadline = Date.now() + killTimeout; isSameProcess(identity); await sleep(5)) {
    if (Date.now() > deadline) throw new BerthError('UNDO_INCOMPLETE', `process ${identity.pid} survives SIGKILL`);
    try {
      process.kill(identity.pid, 'SIGKILL');
    } catch {
      return; // it has ended
    }
  }
}

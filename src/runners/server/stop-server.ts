import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { listDescendants } from '../../processes/list-descendants.js';
import { findMarkedProcesses, killMarkedProcesses } from '../../processes/marked-processes.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { isSameProcess, type ProcessIdentity } from '../../processes/process-identity.js';

/** Milliseconds that a killed process has to be gone. */
const killTimeout = 5_000;

/**
 * Ends the plan's server: asks its leader, gives it `patience` seconds, then kills what is left of its group, of what
 * bears the plan's mark, and of what came from either. Resolves when none of it exists, and so its ports are free. Safe
 * to run twice, and without a leader. UNDO_INCOMPLETE names what does not end.
 */
export async function stopServer(
  plan: Pick<RunPlan, 'stateDirectory'>,
  leader: ProcessIdentity | undefined,
  patience: number,
): Promise<void> {
  const roots = findMarkedProcesses(plan);
  if (leader !== undefined && isSameProcess(leader)) roots.push(leader.pid);
  const all = roots.length === 0 ? [] : listDescendants(roots);
  if (leader !== undefined) await stopProcessGroup(leader, patience);
  for (const identity of all) await killProcess(identity);
  await killMarkedProcesses(plan);
}

/** Its whole group where it leads one. */
async function killProcess(identity: ProcessIdentity): Promise<void> {
  if (!isSameProcess(identity)) return;
  await stopProcessGroup(identity, 0);
  for (const deadline = Date.now() + killTimeout; isSameProcess(identity); await sleep(5)) {
    if (Date.now() > deadline)
      throw new BerthError('UNDO_INCOMPLETE', `process ${identity.pid} does not end, not even when killed`);
    try {
      process.kill(identity.pid, 'SIGKILL');
    } catch {
      return; // ended meanwhile
    }
  }
}

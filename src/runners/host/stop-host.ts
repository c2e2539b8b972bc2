import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { isSameProcess, type ProcessIdentity } from '../../processes/process-identity.js';
import { HostClient } from './host-client.js';
import { getSocketPath } from './host-files.js';

/** Milliseconds that a host has to say that it will stop, and between two looks at whether it has. */
const requestTimeout = 1_000;
const interval = 10;

/**
 * Ends the host of a plan and its process group. It is asked over its socket first: what its code makes of SIGTERM is the
 * code's own affair. After `patience` seconds it is killed. Resolves when no process of the group exists.
 */
export async function stopHost(
  plan: Pick<RunPlan, 'stateDirectory'>,
  identity: ProcessIdentity,
  patience: number,
): Promise<void> {
  if (patience === 0 || !(await requestStop(plan, identity))) return await stopProcessGroup(identity, patience);
  for (const deadline = Date.now() + patience * 1000; isSameProcess(identity) && Date.now() < deadline; )
    await sleep(interval);
  await stopProcessGroup(identity, 0);
}

/** Whether it has agreed to stop. */
async function requestStop(plan: Pick<RunPlan, 'stateDirectory'>, identity: ProcessIdentity): Promise<boolean> {
  if (!isSameProcess(identity)) return false;
  const client = new HostClient({ socket: getSocketPath(plan), timeout: requestTimeout / 1000 });
  try {
    const { pid } = await client.ping(requestTimeout);
    return pid === identity.pid && (await client.stop(requestTimeout));
  } catch {
    return false;
  } finally {
    client.close();
  }
}

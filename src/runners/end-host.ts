import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../contract/handle.js';
import { HostClient } from './host-client.js';
import { socketPath } from './host-record.js';
import { endGroup } from './process-group.js';
import { isSameProcess, type ProcessIdentity } from './process-identity.js';

/** Milliseconds that a host has to say that it will stop, and between two looks at whether it has. */
const askPatience = 1_000;
const interval = 10;

/**
 * Ends the host of a plan and its process group. It is asked over its socket first: what its code makes of SIGTERM is the
 * code's own affair. After `patience` seconds it is killed. Resolves when no process of the group exists.
 */
export async function endHost(
  plan: Pick<RunPlan, 'stateDirectory'>,
  identity: ProcessIdentity,
  patience: number,
): Promise<void> {
  if (patience === 0 || !(await isStopping(plan, identity))) return await endGroup(identity, patience);
  for (const deadline = Date.now() + patience * 1000; isSameProcess(identity) && Date.now() < deadline; )
    await sleep(interval);
  await endGroup(identity, 0);
}

/** Whether it has agreed to stop. */
async function isStopping(plan: Pick<RunPlan, 'stateDirectory'>, identity: ProcessIdentity): Promise<boolean> {
  if (!isSameProcess(identity)) return false;
  const client = new HostClient({ socket: socketPath(plan), timeout: askPatience / 1000 });
  try {
    const { pid } = await client.ping(askPatience);
    return pid === identity.pid && (await client.stop(askPatience));
  } catch {
    return false;
  } finally {
    client.close();
  }
}

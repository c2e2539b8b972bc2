import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../contract/handle.js';
import { stopProcessGroup } from '../../processes/process-group.js';
import { isSameProcess, type ProcessIdentity } from '../../processes/process-identity.js';
import { HostClient } from './host-client.js';
import { getSocketPath } from './host-files.js';

/** Milliseconds in which a host process has to accept a request to stop. */
const requestTimeout = 1_000;
/** Milliseconds between two checks whether it has ended. */
const interval = 10;

/**
 * Ends the host process of a plan and its process group. Sends a request over the socket first, because the code may handle
 * SIGTERM itself. Kills the group after `timeout` seconds. Resolves when no process of the group exists.
 */
export async function stopHost(
  plan: Pick<RunPlan, 'stateDirectory'>,
  identity: ProcessIdentity,
  timeout: number,
): Promise<void> {
  if (timeout === 0 || !(await requestStop(plan, identity))) return await stopProcessGroup(identity, timeout);
  for (const deadline = Date.now() + timeout * 1000; isSameProcess(identity) && Date.now() < deadline; )
    await sleep(interval);
  await stopProcessGroup(identity, 0);
}

/** Asks the host process to stop. False if it does not accept. */
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

import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from './process-identity.js';

/** Milliseconds that Node may take to report an exit. */
const reportTimeout = 2_000;

interface TrackedExit {
  /** Absent while the process runs. */
  description?: string;
  recorded: Promise<void>;
}

/** Exits of this process's children, which the system reports to no other process. */
const exits = new Map<string, TrackedExit>();

const getKey = (identity: ProcessIdentity): string => `${identity.pid} ${identity.startedAt}`;

/** Resolves with how a child ended, now or earlier: `exited with code 3`. */
export async function waitForExit(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.signalCode === null ? `exited with code ${child.exitCode}` : `was ended by ${child.signalCode}`;
}

export function trackExit(child: ChildProcess, identity: ProcessIdentity): void {
  const startedAt = Date.now();
  const recorded = waitForExit(child).then((description) => {
    exit.description = `${description} after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  });
  const exit: TrackedExit = { recorded };
  exits.set(getKey(identity), exit);
}

/**
 * Returns how a process ended, such as `exited with code 3 after 12.0 s`; undefined when this process did not start it.
 */
export const getTrackedExit = (identity: ProcessIdentity): string | undefined =>
  exits.get(getKey(identity))?.description;

/** Returns the same for a process that is known to be gone, which is visible a moment before its exit code. */
export async function waitForTrackedExit(identity: ProcessIdentity): Promise<string | undefined> {
  const exit = exits.get(getKey(identity));
  if (exit !== undefined) await Promise.race([exit.recorded, sleep(reportTimeout, undefined, { ref: false })]);
  return exit?.description;
}

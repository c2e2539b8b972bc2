import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from './process-identity.js';

/** Milliseconds between a process's end and our being told of it, at the most. */
const reportTimeout = 2_000;

interface TrackedExit {
  /** Absent while the process runs. */
  description?: string;
  recorded: Promise<void>;
}

/** How children of this very process ended: the system tells nobody else. */
const exits = new Map<string, TrackedExit>();

const getKey = (identity: ProcessIdentity): string => `${identity.pid} ${identity.startedAt}`;

/** Resolves with how a child ended, also where it had ended before: `exited with code 3`. */
export async function waitForExit(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.signalCode === null ? `exited with code ${child.exitCode}` : `was ended by ${child.signalCode}`;
}

export function trackExit(child: ChildProcess, identity: ProcessIdentity): void {
  const startedAt = Date.now();
  const told = waitForExit(child).then((how) => {
    exit.description = `${how} after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  });
  const exit: TrackedExit = { recorded: told };
  exits.set(getKey(identity), exit);
}

/** For example `exited with code 3 after 12.0 s`; undefined when this process did not start it. */
export const getTrackedExit = (identity: ProcessIdentity): string | undefined =>
  exits.get(getKey(identity))?.description;

/** As `recallExit`, of a process that is known to be gone: that is seen a moment before its exit code is told. */
export async function waitForTrackedExit(identity: ProcessIdentity): Promise<string | undefined> {
  const exit = exits.get(getKey(identity));
  if (exit !== undefined) await Promise.race([exit.recorded, sleep(reportTimeout, undefined, { ref: false })]);
  return exit?.description;
}

import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from './process-identity.js';

/** Milliseconds between a process's end and our being told of it, at the most. */
const patience = 2_000;

interface Exit {
  /** Absent while the process runs. */
  how?: string;
  told: Promise<void>;
}

/** How children of this very process ended: the system tells nobody else. */
const exits = new Map<string, Exit>();

const keyOf = (identity: ProcessIdentity): string => `${identity.pid} ${identity.startedAt}`;

/** Resolves with how a child ended, also where it had ended before: `exited with code 3`. */
export async function awaitExit(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.signalCode === null ? `exited with code ${child.exitCode}` : `was ended by ${child.signalCode}`;
}

export function rememberExit(child: ChildProcess, identity: ProcessIdentity): void {
  const startedAt = Date.now();
  const told = awaitExit(child).then((how) => {
    exit.how = `${how} after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  });
  const exit: Exit = { told };
  exits.set(keyOf(identity), exit);
}

/** For example `exited with code 3 after 12.0 s`; undefined when this process did not start it. */
export const recallExit = (identity: ProcessIdentity): string | undefined => exits.get(keyOf(identity))?.how;

/** As `recallExit`, of a process that is known to be gone: that is seen a moment before its exit code is told. */
export async function learnExit(identity: ProcessIdentity): Promise<string | undefined> {
  const exit = exits.get(keyOf(identity));
  if (exit !== undefined) await Promise.race([exit.told, sleep(patience, undefined, { ref: false })]);
  return exit?.how;
}

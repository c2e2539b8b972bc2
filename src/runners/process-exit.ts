import type { ChildProcess } from 'node:child_process';
import type { ProcessIdentity } from './process-identity.js';

/** How children of this very process ended: the system tells nobody else. */
const exits = new Map<string, string>();

const keyOf = (identity: ProcessIdentity): string => `${identity.pid} ${identity.startedAt}`;

export function rememberExit(child: ChildProcess, identity: ProcessIdentity): void {
  const startedAt = Date.now();
  child.once('exit', (code, signal) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    exits.set(keyOf(identity), `${how} after ${seconds} s`);
  });
}

/** For example `exited with code 3 after 12.0 s`; undefined when this process did not start it. */
export const recallExit = (identity: ProcessIdentity): string | undefined => exits.get(keyOf(identity));

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { listDescendants } from '../../../src/processes/list-descendants.js';
import type { ProcessIdentity } from '../../../src/processes/process-identity.js';

/** Module that BentoML runs as a worker. The server's other descendants belong to the service. */
const workerModule = '_bentoml_impl.worker';

/** Finds running processes that contain an instance of a service. */
export const findWorkers = ({ pid }: ProcessIdentity): ProcessIdentity[] =>
  listDescendants([pid]).filter((child) => child.pid !== pid && readCommand(child.pid).includes(workerModule));

function readCommand(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // it has ended
  }
}

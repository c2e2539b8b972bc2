import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { readProcessStat } from './process-stat.js';

/** Returns these processes and all their descendants, regardless of their sessions. */
export function listDescendants(roots: number[]): ProcessIdentity[] {
  const parents = process.platform === 'linux' ? readParents() : readParentsFromPs();
  const pids = new Set(roots);
  for (let size = -1; size !== pids.size; ) {
    size = pids.size;
    for (const [pid, parent] of parents) if (pids.has(parent)) pids.add(pid);
  }
  return [...pids].map(identifyProcess).filter((identity) => identity !== null);
}

/** Returns pairs of a process and its parent. */
function readParents(): [number, number][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), readProcessStat(pid)?.parent ?? 0]);
}

function readParentsFromPs(): [number, number][] {
  return execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => [pid, parent]);
}

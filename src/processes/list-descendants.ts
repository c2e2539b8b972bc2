import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { readProcessStat } from './process-stat.js';

/** Processes that come from these, with them, whatever session they have made for themselves. */
export function listDescendants(roots: number[]): ProcessIdentity[] {
  const parents = process.platform === 'linux' ? readParents() : readParentsFromPs();
  const found = new Set(roots);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found].map(identifyProcess).filter((identity) => identity !== null);
}

/** Process and its parent. */
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

import { readFileSync } from 'node:fs';

/** Returns true when a process exists and is not a zombie. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

import { readFileSync } from 'node:fs';

/** Whether a process is there and not merely waiting to be reaped. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

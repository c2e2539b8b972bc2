import { readFileSync } from 'node:fs';

/** Fields of `/proc/PID/stat` (proc(5)). */
export interface ProcessStat {
  parent: number;
  group: number;
  /** Clock ticks from the boot to the start. */
  start: string;
}

/**
 * Returns null if there is no such process, or it only waits to be reaped. A process with remaining threads has not
 * ended: they keep its files and ports open.
 */
export function readProcessStat(pid: number | string): ProcessStat | null {
  const text = readText(`/proc/${pid}/stat`);
  // The second field is the command in parentheses, with any characters: count the fields from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const [threads, start] = [fields[17], fields[19]];
  if (state === undefined || start === undefined) return null;
  const isOver = state === 'X' || (state === 'Z' && Number(threads) <= 1);
  return isOver ? null : { parent: Number(parent), group: Number(group), start };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

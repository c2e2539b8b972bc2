import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readProcessStat } from './process-stat.js';

/** Loads modules that only some systems need, which saves milliseconds of a call on the others. */
const load = createRequire(import.meta.url);

/**
 * Identifies a process: after a crash or a reboot, another process may have the same pid. `startedAt` is an opaque text
 * that differs between processes with one pid: on Linux the boot ID and the start in clock ticks, on other
 * systems the output of `ps`.
 */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/**
 * Returns the process that has this pid now; null when there is none. A process that has ended and was not reaped
 * counts as none.
 */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? readLinuxStart(pid) : readStartFromPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Returns true while exactly this process runs. */
export const isSameProcess = (identity: ProcessIdentity): boolean =>
  identifyProcess(identity.pid)?.startedAt === identity.startedAt;

let bootId: string | undefined;

function readLinuxStart(pid: number): string | null {
  const stat = readProcessStat(pid);
  if (stat === null) return null;
  bootId ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? 'boot';
  return `${bootId}:${stat.start}`;
}

function readStartFromPs(pid: number): string | null {
  try {
    const { execFileSync }: typeof import('node:child_process') = load('node:child_process');
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [state = '', ...start] = output.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readProcessStat } from './process-stat.js';

/** Loads what only some systems need, so that a call on the others does without its milliseconds. */
const load = createRequire(import.meta.url);

/**
 * Who a process is: a pid alone is handed to a stranger after a crash or a reboot. `startedAt` is an opaque text that no
 * two processes with one pid share: on Linux the boot's id and the start in clock ticks, elsewhere what `ps` says.
 */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** The process that has this pid now; null when there is none (one that ended and was not reaped counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? readLinuxStart(pid) : readStartFromPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while the very process that was identified is alive. */
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
    const said = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [state = '', ...start] = said.trim().split(/\s+/);
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

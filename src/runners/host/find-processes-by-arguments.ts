import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from '../../processes/process-identity.js';

/** Finds processes whose command line ends with these arguments, left by a start that was interrupted before it had a pid. */
export function findProcessesByArguments(lastArguments: string[]): ProcessIdentity[] {
  const pids = process.platform === 'linux' ? findOnLinux(lastArguments) : findWithPs(lastArguments);
  return pids.map(identifyProcess).filter((identity) => identity !== null);
}

function findOnLinux(lastArguments: string[]): number[] {
  const ending = `\0${lastArguments.join('\0')}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readCommand(name).endsWith(ending))
    .map(Number);
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

function findWithPs(lastArguments: string[]): number[] {
  const ending = ` ${lastArguments.join(' ')}`;
  return execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line.endsWith(ending))
    .map((line) => Number.parseInt(line, 10));
}

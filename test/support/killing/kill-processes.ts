import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BerthHome } from '../../../src/home/home.js';
import { packageRoot } from '../../../src/home/package-root.js';
import { isSameProcess, type ProcessIdentity } from '../../../src/processes/process-identity.js';
import { registerCleanup } from '../temporary-directories.js';
import { listProcesses } from '../temporary-stack.js';

type Recorded = 'server' | 'worker';

export function readRecordedProcess(home: BerthHome, which: Recorded): ProcessIdentity {
  const text = readFileSync(join(home.stack, `${which}.json`), 'utf8');
  return (JSON.parse(text) as { process: ProcessIdentity }).process;
}

/** Kills a part of the stack like a crash, and waits until it is gone. */
export async function killRecorded(home: BerthHome, which: Recorded): Promise<void> {
  const identity = readRecordedProcess(home, which);
  process.kill(identity.pid, 'SIGKILL');
  while (isSameProcess(identity)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Kills all processes of a home, including descendants of the worker, as simultaneously as possible. */
export async function cutPower(home: BerthHome): Promise<void> {
  const worker = readRecordedProcess(home, 'worker');
  const pids = new Set([...descendantsOf(worker.pid), ...listProcesses(home)].filter((pid) => pid !== process.pid));
  await killAll([...pids]);
}

/** Kills the deployed software of a home, and trial hosts. */
export const killHosts = (home: BerthHome): Promise<void> => killAll(listProcesses(home).filter(isHost));

/** Kills the main processes of coding agents, but not their descendants. */
export const killAgents = (home: BerthHome): Promise<void> =>
  killAll(listProcesses(home).filter((pid) => readFile(`/proc/${pid}/cmdline`).includes(join(home.root, 'agent.sh'))));

/** Commands of users that are killed together, at the latest at the end of the test file. */
export class UserCommands {
  private readonly pids: number[] = [];

  constructor() {
    registerCleanup(() => this.kill());
  }

  /** Runs a command until it is killed. Never resolves; rejects when the command fails before. */
  run = (words: string[]): Promise<never> => {
    const { NODE_OPTIONS, ...env } = process.env;
    const child = spawn(process.execPath, [client, ...words], { env, stdio: 'ignore' });
    this.pids.push(child.pid ?? 0);
    return new Promise((_resolve, reject) =>
      child.once('exit', (code) => {
        if (code !== 0) reject(new Error(`berth ${words.join(' ')} exited with ${code}`));
      }),
    );
  };

  kill = (): Promise<void> => killAll(this.pids.splice(0).filter(isAlive));
}

const client = join(packageRoot, 'dist', 'client.js');

const isHost = (pid: number): boolean => readFile(`/proc/${pid}/cmdline`).includes('berth_host');

/** Kills processes and resolves when they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) kill(pid);
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function descendantsOf(root: number): number[] {
  const children = readFile(`/proc/${root}/task/${root}/children`).split(' ').filter(Boolean).map(Number);
  return [root, ...children.flatMap(descendantsOf)];
}

function isAlive(pid: number): boolean {
  const stat = readFile(`/proc/${pid}/stat`);
  return stat !== '' && !'ZX'.includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? 'X');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // already ended
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/home/package-root.js';
import { registerCleanup } from './temporary-directories.js';

const asRoot = process.getuid?.() === 0;
const client = join(packageRoot, 'dist', 'client.js');

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs commands in a private mount namespace (and a user namespace, without root). The mounts are removed when the test
 * file ends, even if it fails.
 */
export class PrivateMounts {
  private readonly keeper: ChildProcess;

  constructor() {
    const words = [asRoot ? '-m' : '-Urm', '--propagation', 'private', 'sleep', 'infinity'];
    this.keeper = spawn('unshare', words, { stdio: 'ignore' }).on('error', () => undefined);
    registerCleanup(() => void this.keeper.kill('SIGKILL'));
    while (!this.isReady()) if (this.hasFailed()) throw new Error('no mount namespace can be had');
  }

  /** Runs a shell line in the namespace; a failure fails the test. */
  shell(line: string): string {
    const { exitCode, stdout, stderr } = this.run(['sh', '-ec', line]);
    if (exitCode !== 0) throw new Error(`${line}: ${stderr}`);
    return stdout;
  }

  berth(home: string, words: string[]): CommandResult {
    if (!existsSync(client)) throw new Error('the tests of the command need dist/: npm run build');
    return this.run([process.execPath, client, ...words], { BERTH_HOME: home });
  }

  private run(argv: string[], env: Record<string, string> = {}): CommandResult {
    const into = ['-t', String(this.keeper.pid), '--mount', ...(asRoot ? [] : ['--user', '--preserve-credentials'])];
    const options = { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 150_000 } as const;
    const { status, stdout, stderr } = spawnSync('nsenter', [...into, ...argv], options);
    return { exitCode: status, stdout, stderr };
  }

  private hasFailed(): boolean {
    return this.keeper.pid === undefined || this.keeper.exitCode !== null;
  }

  /** Waits until the keeper process has created the namespace. */
  private isReady(): boolean {
    return spawnSync('cat', [`/proc/${this.keeper.pid}/cmdline`], { encoding: 'utf8' }).stdout.startsWith('sleep');
  }
}

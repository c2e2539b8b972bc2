import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { packageRoot } from '../../src/home/package-root.js';
import { openEngine } from '../../src/runners/containers/index.js';
import { killAll } from './killing/kill-processes.js';
import { registerCleanup, temporaryDirectory } from './temporary-directories.js';

/** Starts a container engine that a test file may kill, and selects it for the following tests. */
export class DisposableEngine {
  private readonly directory = temporaryDirectory('berth-engine-');

  constructor() {
    const { DOCKER_HOST } = process.env;
    process.env.DOCKER_HOST = `unix://${join(this.directory, 'docker.sock')}`;
    registerCleanup(async () => {
      if (existsSync(this.directory)) await this.runScript('stop');
      if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = DOCKER_HOST;
    });
  }

  /** Starts it again, even after it was killed. */
  async start(): Promise<Docker> {
    await this.runScript('aside');
    await this.runScript('base');
    return await openEngine(process.env.DOCKER_HOST ?? '');
  }

  kill(): Promise<void> {
    return killAll([Number(readFileSync(join(this.directory, 'dockerd.pid'), 'utf8'))]);
  }

  private async runScript(command: 'aside' | 'base' | 'stop'): Promise<void> {
    const script = join(packageRoot, 'scripts', 'docker-engine.mjs');
    await promisify(execFile)(process.execPath, [script, command, this.directory], { env: process.env });
  }
}

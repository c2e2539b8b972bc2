import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BerthHome } from '../../../src/home/home.js';
import { packageRoot } from '../../../src/home/package-root.js';
import { registerCleanup } from '../temporary-directories.js';

/** `begin`: before any effect; `end`: after all effects, but before the result is reported; a number: after that effect. */
export type Moment = 'begin' | 'end' | number;

/** Step that ran, and its effects in order: changes of files, and started processes. */
export interface ExecutedStep {
  step: string;
  effects: string[];
  hasEnded: boolean;
}

/** Milliseconds to reach the moment of a hold; dozens of deployments do so at the same time, on few cores. */
const holdTimeout = 120_000;

const preload = join(packageRoot, 'test', 'support', 'killing', 'hold-steps.mjs');

/** Holds steps of workers that start later; see `hold-steps.mjs`. */
export class StepHolds {
  private readonly directory: string;

  constructor({ root }: BerthHome) {
    const { NODE_OPTIONS } = process.env;
    this.directory = join(root, 'holds');
    mkdirSync(this.directory, { recursive: true });
    process.env.NODE_OPTIONS = `--import=${preload}`;
    process.env.BERTH_TEST_HOLDS = this.directory;
    registerCleanup(() => {
      delete process.env.BERTH_TEST_HOLDS;
      if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = NODE_OPTIONS;
    });
  }

  hold(name: string, step: string, moment: Moment): void {
    writeFileSync(join(this.directory, name), `${step} ${moment}`);
  }

  /** Resolves when the deployment is held. */
  async waitUntilHeld(name: string): Promise<void> {
    for (const deadline = Date.now() + holdTimeout; !existsSync(join(this.directory, `${name}.held`)); ) {
      if (Date.now() > deadline) throw new Error(`${name} was not held within ${holdTimeout / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Releases everything that is held. */
  release(): void {
    const files = readdirSync(this.directory).map((file) => join(this.directory, file));
    for (const file of files.filter((path) => !/\.(held|log)$/.test(path))) rmSync(file);
    for (const file of files.filter((path) => path.endsWith('.held'))) {
      resume(Number(readFileSync(file, 'utf8')));
      rmSync(file);
    }
  }

  /** Returns a mark for `listStepsSince`. */
  mark(name: string): number {
    return this.lines(name).length;
  }

  /** Resolves when a running deployment is supervised and no other step runs. */
  async waitUntilSupervised(name: string): Promise<void> {
    for (const deadline = Date.now() + holdTimeout; ; ) {
      const open = this.listStepsSince(name, 0).filter(({ hasEnded }) => !hasEnded);
      const steps = [...new Set(open.map(({ step }) => step))].join(', ');
      if (steps === 'supervise') return;
      if (Date.now() > deadline)
        throw new Error(`${name} is still busy with ${steps || 'nothing'} after its operation`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  listStepsSince(name: string, mark: number): ExecutedStep[] {
    const executed: ExecutedStep[] = [];
    for (const { started, ended, effects } of this.lines(name).slice(mark)) {
      if (started !== undefined) executed.push({ step: started, effects: [], hasEnded: false });
      const step = executed.findLast((one) => one.step === ended && !one.hasEnded);
      if (step !== undefined) Object.assign(step, { effects, hasEnded: true });
    }
    return executed;
  }

  private lines(name: string): { started?: string; ended?: string; effects?: string[] }[] {
    const file = join(this.directory, `${name}.log`);
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
  }
}

function resume(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGCONT');
  } catch {
    // killed with the rest
  }
}

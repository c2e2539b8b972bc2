import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BerthHome } from '../../../src/home/home.js';
import { packageRoot } from '../../../src/home/package-root.js';
import { registerCleanup } from '../temporary-directories.js';

/** `begin`: nothing is done of the step; `end`: all of it, and nobody was told; a number: after so many outside effects. */
export type Moment = 'begin' | 'end' | number;

/** A step that a deployment took, and its outside effects in order: how it used the disk, and processes that it started. */
export interface ExecutedStep {
  step: string;
  effects: string[];
  hasEnded: boolean;
}

/** Milliseconds until a deployment has to be where it is to be held: dozens of them get there at the same time, on few cores. */
const holdTimeout = 120_000;

const preload = join(packageRoot, 'test', 'support', 'killing', 'hold-steps.mjs');

/** Holds steps of workers that are started from here on, see `hold-steps.mjs`. */
export class StepHolds {
  private readonly directory: string;

  constructor({ root }: BerthHome) {
    const { NODE_OPTIONS } = process.env;
    this.directory = join(root, 'holds');
    mkdirSync(this.directory, { recursive: true });
    Object.assign(process.env, { NODE_OPTIONS: `--import=${preload}`, BERTH_TEST_HOLDS: this.directory });
    registerCleanup(() => {
      delete process.env.BERTH_TEST_HOLDS;
      if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = NODE_OPTIONS;
    });
  }

  hold(name: string, step: string, moment: Moment): void {
    writeFileSync(join(this.directory, name), `${step} ${moment}`);
  }

  /** Resolves when the deployment is where it was to be held. */
  async waitUntilHeld(name: string): Promise<void> {
    for (const deadline = Date.now() + holdTimeout; !existsSync(join(this.directory, `${name}.held`)); ) {
      if (Date.now() > deadline) throw new Error(`${name} was not held within ${holdTimeout / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Everything that is held goes on. */
  release(): void {
    const files = readdirSync(this.directory).map((file) => join(this.directory, file));
    for (const file of files.filter((path) => !/\.(held|log)$/.test(path))) rmSync(file);
    for (const file of files.filter((path) => path.endsWith('.held'))) {
      resume(Number(readFileSync(file, 'utf8')));
      rmSync(file);
    }
  }

  /** How many lines were written of a deployment so far; what came after that is `passedSince`. */
  mark(name: string): number {
    return this.lines(name).length;
  }

  /** Resolves when a deployment that runs is watched, and nothing else goes on. */
  async waitUntilSupervised(name: string): Promise<void> {
    for (const deadline = Date.now() + holdTimeout; ; ) {
      const open = this.listStepsSince(name, 0).filter(({ hasEnded }) => !hasEnded);
      const steps = [...new Set(open.map(({ step }) => step))].join(', ');
      if (steps === 'supervise') return;
      if (Date.now() > deadline) throw new Error(`${name} is still busy with ${steps || 'nothing'} after its act`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  listStepsSince(name: string, mark: number): ExecutedStep[] {
    const passed: ExecutedStep[] = [];
    for (const { begun, ended, effects } of this.lines(name).slice(mark)) {
      if (begun !== undefined) passed.push({ step: begun, effects: [], hasEnded: false });
      const step = passed.findLast((one) => one.step === ended && !one.hasEnded);
      if (step !== undefined) Object.assign(step, { effects, hasEnded: true });
    }
    return passed;
  }

  private lines(name: string): { begun?: string; ended?: string; effects?: string[] }[] {
    const file = join(this.directory, `${name}.log`);
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
  }
}

function resume(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGCONT');
  } catch {
    // It was killed with the rest.
  }
}

import type { Handle, RunPlan } from '../contract/handle.js';
import type { Runner } from '../runners/runner.js';
import type { Conformance } from './conformance.js';

/** The revision that many checks share: it is running. */
export interface RunningRevision {
  conformance: Conformance;
  plan: RunPlan;
  runner: Runner;
  handle: Handle;
}

/** A variable of that revision, whose value must be found nowhere but in the software. */
export const canary = `canary-${Math.random().toString(36).slice(2)}`;

/** One behavior that every runner shares. */
export interface Check<Scene> {
  /** A sentence in the present tense. */
  name: string;
  /** Rejects when it does not hold, with what came and what was expected. */
  run: (scene: Scene) => Promise<unknown>;
  /** Seconds that it may take; a minute when absent. */
  timeout?: number;
}

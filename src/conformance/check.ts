import type { Handle, RunPlan } from '../contract/handle.js';
import type { Runner } from '../runners/runner.js';
import type { Conformance } from './conformance.js';

/** A running revision that many checks share. */
export interface RunningRevision {
  conformance: Conformance;
  plan: RunPlan;
  runner: Runner;
  handle: Handle;
}

/** Value of a variable of that revision. It must be visible only to the software. */
export const canary = `canary-${Math.random().toString(36).slice(2)}`;

/** A behavior that every runner shares. */
export interface Check<Scene> {
  /** A sentence in the present tense. */
  name: string;
  /** Rejects with the actual and the expected result if the check fails. */
  run: (scene: Scene) => Promise<unknown>;
  /** Seconds that the check may take; three minutes when absent. */
  timeout?: number;
}

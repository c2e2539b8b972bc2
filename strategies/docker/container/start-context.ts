import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import type { StartOptions } from '../../../src/runners/runner.js';

/** Context of a start, shared by its steps. */
export interface StartContext {
  engine: Docker;
  /** Address of the engine, in the form of `DOCKER_HOST`. */
  address: string;
  plan: RunPlan;
  options: StartOptions;
  /** Reports a line as progress, and writes it to the log. */
  report: (line: string) => Promise<void>;
}

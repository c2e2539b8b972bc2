import type { Answer } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home.js';
import { readActiveRevision } from '../runners/active-revision.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { CallOptions, Health, LogOptions, Runner } from '../runners/runner.js';

export interface BatchOptions extends CallOptions {
  /** Calls under way at once; 8 when absent. */
  concurrency?: number;
}

/** Software that runs, attached from its handle alone: the call path, without Temporal and without the schemas. */
export interface OpenSoftware {
  run(inputs: unknown, options?: CallOptions): Promise<Answer>;
  /** Answers in the order of the inputs. */
  runBatch(inputs: readonly unknown[], options?: BatchOptions): Promise<Answer[]>;
  isHealthy(): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Attaches to the active revision of a deployment on this machine. The switch to another revision, a stop or a start is
 * seen by the next `openSoftware`, or by the next call after one that found its process gone.
 *
 * @throws BerthError NAME_UNKNOWN when there is no such deployment, NOT_RUNNING when it has no revision that runs.
 */
export async function openSoftware(name: string, home: BerthHome = berthHome()): Promise<OpenSoftware> {
  const runner = await attach(name, home);
  return {
    run: (inputs, options) => runner.run(inputs, options),
    runBatch: (inputs, options) => runAll(runner, inputs, options),
    isHealthy: () => runner.isHealthy(),
    logs: (options) => runner.logs(options),
    close: () => runner.close(),
  };
}

async function attach(name: string, home: BerthHome): Promise<Runner> {
  const active = await readActiveRevision(home, name);
  if (active === undefined) throw new BerthError('NOT_RUNNING', `${name} has no revision that runs`, { name });
  if (active.isStopped)
    throw new BerthError('NOT_RUNNING', `${name} is stopped; start it: berth start ${name}`, { name });
  const Runner = await loadRunnerClass(active.runner);
  const runner = new Runner(active.handle.plan);
  await runner.attach(active.handle);
  return runner;
}

async function runAll(runner: Runner, inputs: readonly unknown[], options: BatchOptions = {}): Promise<Answer[]> {
  const { concurrency = 8, ...call } = options;
  const answers: Answer[] = new Array(inputs.length);
  const pending = inputs.entries();
  const takeOneAfterAnother = async () => {
    for (const [index, input] of pending) answers[index] = await runner.run(input, call);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, takeOneAfterAnother));
  return answers;
}

import type { Answer } from '../contract/answer.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import type { BerthHome } from '../home/home.js';
import type { LogOptions } from '../processes/log-file.js';

export type { LogOptions };

export interface StartOptions {
  /** The software's variables in clear, by name. Never written anywhere. */
  env: Record<string, string>;
  signal?: AbortSignal;
  /** One line of progress for a person. */
  onProgress?: (line: string) => void;
}

export interface CallOptions {
  /** Seconds, for the whole call; the plan's timeout when absent. */
  timeout?: number;
  signal?: AbortSignal;
}

/** Health is a value: what was asked, and what came back. */
export interface Health {
  isHealthy: boolean;
  /**
   * `gone`: it does not exist any more and will not come back by itself. `unknown`: whoever knows could not be asked, a
   * cloud that is out of reach or refuses the key, which says nothing of the software.
   */
  state: 'ready' | 'starting' | 'unresponsive' | 'gone' | 'unknown';
  /** In one line, for a person: `exited with code 3 after 12 s`. */
  detail: string;
}

/**
 * Runs one revision on one kind of infrastructure. Plain Node, no Temporal. Made from a plan; then either `start`, or
 * `attach` with the handle that an earlier `start` (in any process of this host) returned.
 *
 * - `start` resolves when the software is ready to be called, and is safe to run twice and from a half-done state: what
 *   an earlier attempt of the same revision left is taken over or replaced, never doubled. A start that fails leaves
 *   nothing running.
 * - `run` never throws for what the software does: errors of the call are answers.
 * - `stream` makes the same call: yields each chunk, a JSON value, as the software gives it and asks for the next only when
 *   it is itself asked, then returns the answer that `run` would have given. Who leaves it early cancels the call. Without
 *   it all that a stream has is its answer.
 * - `runText` and `streamText` make the same calls on JSON text, of inputs, chunks and answer alike: no digit of a number is
 *   lost in JavaScript. Without them `run` and `stream` are given what the text says, a bigint for an integer beyond 2^53,
 *   and may answer with bigints.
 * - `keep` makes what is to be kept of the revision beside what serves it, such as an archive, once callers reach it: nobody
 *   waits for it. It is called again and again, also after half of it was done, and beside a `stop`, after which it leaves
 *   nothing. What keeps it from being made is told in the log, and is no failure. Absent where there is nothing to keep.
 * - `stop` resolves when the software is proven gone, and is safe to run twice; it keeps files and logs.
 * - `undo` removes whatever `start` may have made outside the plan's directories, from the plan alone (no handle: the
 *   start may have been cut off half-way).
 */
export interface Runner {
  start(options: StartOptions): Promise<Handle>;
  attach(handle: Handle): Promise<void>;
  run(inputs: unknown, options?: CallOptions): Promise<Answer>;
  stream?(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer>;
  runText?(inputs: string, options?: CallOptions): Promise<string>;
  streamText?(inputs: string, options?: CallOptions): AsyncGenerator<string, string>;
  isHealthy(): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  archive?(options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  undo(): Promise<void>;
  /** Lets go of connections; the software goes on. */
  close(): Promise<void>;
}

/** Something outside the home that bears its marks, as a runner class finds it without any plan. */
export interface ExternalResource {
  /** For a person: `container`, `image`, `app`. */
  kind: string;
  name: string;
  deployment: string;
  revision: string;
  /** What its removal frees on this machine; null where that is not known. */
  bytes: number | null;
  /** Resolves when it is proven gone; safe to call twice. */
  remove(): Promise<void>;
}

/** What `runner_class` of a strategy's `config.yaml` names. */
export interface RunnerClass {
  new (plan: RunPlan): Runner;
  /**
   * All that exists with the marks of deployments in this home, whoever made it and whether or not a ledger knows it:
   * what `berth gc` compares with the deployments. Absent where everything is processes and files. Throws when it
   * cannot look; then nothing of it counts as left over.
   */
  listResources?(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]>;
}

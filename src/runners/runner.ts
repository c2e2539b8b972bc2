import type { Answer } from '../contract/answer.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import type { BerthHome } from '../home/home.js';
import type { LogOptions } from '../processes/log-file.js';

export type { LogOptions };

export interface StartOptions {
  /** The software's variables in plain text, by name. Never write them anywhere. */
  env: Record<string, string>;
  signal?: AbortSignal;
  /** Reports progress to the user in one line. */
  onProgress?: (line: string) => void;
}

export interface CallOptions {
  /** Seconds, for the whole call; the plan's timeout when absent. */
  timeout?: number;
  signal?: AbortSignal;
}

/** Result of a health check. */
export interface Health {
  isHealthy: boolean;
  /**
   * `gone`: the software no longer exists and will not come back by itself. `unknown`: its health could not be checked, for
   * example because its cloud is unreachable or refuses the credentials.
   */
  state: 'ready' | 'starting' | 'unresponsive' | 'gone' | 'unknown';
  /** One line for the user: `exited with code 3 after 12 s`. */
  detail: string;
}

/**
 * Runs one revision on one kind of infrastructure. Plain Node.js, without Temporal. Create it from a plan, then call
 * `start`, or `attach` with the handle that an earlier `start` in any process of this host returned.
 *
 * - `start` resolves when the software is ready for calls. It is safe to run twice and to repeat after an interruption: it
 *   takes over or replaces what an earlier attempt at the same revision created. A failed start leaves nothing running.
 * - `run` never throws for failures of the software: errors of a call are answers.
 * - `stream` makes the same call. It yields each chunk, a JSON value, as it arrives, requests the next one only when the
 *   reader does, and returns the answer that `run` would return. Leaving it early cancels the call. Without this method, a
 *   stream consists of its answer.
 * - `runText` and `streamText` make the same calls with inputs, chunks and answers as JSON text, so that no digit of a
 *   number is lost in JavaScript. Without them, `run` and `stream` get the parsed inputs, with bigints for integers beyond
 *   2^53, and may return bigints.
 * - `archive` creates what should be kept of the revision in addition to what serves it, once callers reach the revision.
 *   Nothing waits for it. It may be called repeatedly, after an interruption, and during a `stop`, after which it must leave
 *   nothing behind. It logs its failures and does not throw. Omit it if there is nothing to archive.
 * - `stop` resolves when the software is verified to be gone. It keeps files and logs, and is safe to run twice.
 * - `undo` removes everything that `start` may have created outside the plan's directories. It uses only the plan, because
 *   an interrupted start leaves no handle.
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
  /** Closes connections. The software continues to run. */
  close(): Promise<void>;
}

/** A resource outside the home with its mark, which a runner class finds without a plan. */
export interface ExternalResource {
  /** Shown to the user: `container`, `image`, `app`. */
  kind: string;
  name: string;
  deployment: string;
  revision: string;
  /** Bytes that its removal frees on this machine; null if unknown. */
  bytes: number | null;
  /** Removes it and resolves when it is verified to be gone. Safe to call twice. */
  remove(): Promise<void>;
}

/** The class that `runner_class` in a strategy's `config.yaml` names. */
export interface RunnerClass {
  new (plan: RunPlan): Runner;
  /**
   * Lists all resources with the mark of a deployment in this home, whether or not a ledger contains them. `berth gc`
   * compares them with the deployments. Omit it if all resources are processes and files. Throws if they cannot be listed;
   * then none of them counts as an orphan.
   */
  listResources?(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]>;
}

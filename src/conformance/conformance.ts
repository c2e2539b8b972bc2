import type { Handle, RunPlan } from '../contract/handle.js';
import type { RunnerReference } from '../runners/load-runner.js';
import type { RunnerClass } from '../runners/runner.js';

/** A strategy under test: its runner, and functions that inspect its software from outside. */
export interface Conformance {
  name: string;
  RunnerClass: RunnerClass;
  reference: RunnerReference;
  /** Creates a plan for the solution with this revision, and its directories. Calls may take `timeout` seconds. */
  createPlan: (revision: string, timeout: number) => Promise<RunPlan>;
  /** Kills the software like a crash, without the runner's knowledge. */
  kill: (handle: Handle) => Promise<void>;
  /** Describes the remaining resources of a plan. Empty if the software is gone. */
  listRemaining: (plan: RunPlan) => Promise<string[]>;
  /** Describes the resources that must be gone after a stop, if a stop keeps some. Default: all of them. */
  listRunning?: (plan: RunPlan) => Promise<string[]>;
  /** Starts the software and kills the start before it is complete. */
  interruptStart: (plan: RunPlan) => Promise<void>;
  /** True if it serves the suite's Python solution, adapted by its recipes. */
  servesPython?: boolean;
  deviations?: KnownDeviations;
}

/** Behavior of a framework that differs from the suite's default, and that its strategy does not change. */
export interface KnownDeviations {
  /** The framework replaces a process that ends in a call, within seconds, so the software is not gone. */
  replacesProcesses?: boolean;
  /** NaN arrives as null. */
  writesNull?: boolean;
  /** Milliseconds that a call may wait in the framework's queue. */
  queueDelay?: number;
  /** Resources that it applies on every machine. The start reports all others as ignored. */
  applies?: ('cpu' | 'memory' | 'concurrency' | 'replicas')[];
  /** A NUL character arrives as U+FFFD. */
  replacesNul?: boolean;
  /** The framework starts processes for calls, so the end of one does not make the software unhealthy. */
  startsOnDemand?: boolean;
  /** An exit of the code ends the software, like a crash. */
  stopsOnExit?: boolean;
  /** An exception arrives without its traceback. */
  hidesTracebacks?: boolean;
  /** The error of a call in which the code exits has no type. */
  hidesExits?: boolean;
  /** The framework logs lines for each call. */
  logsCalls?: boolean;
  /** The software is served from other machines, so ports of this machine are not checked. */
  servesRemotely?: boolean;
  /** The framework uses the main thread, so the code runs in another one and cannot handle signals. */
  ownsMainThread?: boolean;
  /** Concurrent calls go to several processes, so none waits for another, unless `replicas` is one. */
  spreadsCalls?: boolean;
  /** A waiting call still begins after its caller has disconnected. */
  startsAbandoned?: boolean;
  /** An exception arrives only as its message, without type and traceback. */
  reportsMessageOnly?: boolean;
}

/** Functions that inspect software where it runs. The defaults inspect processes on this machine. */
export interface ProviderHooks
  extends Partial<Pick<Conformance, 'kill' | 'listRemaining' | 'listRunning' | 'interruptStart' | 'deviations'>> {
  /** Checks whether `interruptStart` may kill the start. Default: as soon as `listRemaining` finds anything. */
  isPartlyStarted?: (plan: RunPlan) => Promise<boolean>;
}

/** Settings that a strategy's `conformance` module exports as `conformance`. All of them are optional. */
export interface ConformanceHooks extends ProviderHooks {
  /** Entry of the solution, in the format of `--entry`. */
  entry?: string;
  /** Hooks for providers other than the default, by name. They replace those above. */
  providers?: Record<string, ProviderHooks>;
}

import type { Handle, RunPlan } from '../contract/handle.js';
import type { RunnerReference } from '../runners/load-runner.js';
import type { RunnerClass } from '../runners/runner.js';

/** A strategy as the suite meets it: its runner, and how to look at its software from outside. */
export interface Conformance {
  name: string;
  RunnerClass: RunnerClass;
  reference: RunnerReference;
  /** A plan for the solution under this revision's name, its directories made. Calls may take `timeout` seconds. */
  createPlan: (revision: string, timeout: number) => Promise<RunPlan>;
  /** Kills the software as a crash would, without the runner's knowledge. */
  kill: (handle: Handle) => Promise<void>;
  /** What exists of the plan's software outside, for a person: empty when it is gone. */
  listRemaining: (plan: RunPlan) => Promise<string[]>;
  /** What of it still runs, where a stop keeps something for the next start; by default all that exists. */
  listRunning?: (plan: RunPlan) => Promise<string[]>;
  /** Leaves what a start leaves that was killed half-way. */
  interruptStart: (plan: RunPlan) => Promise<void>;
  /** It serves the suite's own Python, adapted by its recipes. */
  servesPython?: boolean;
  deviations?: KnownDeviations;
}

/** Ways of a framework that it has by itself, and that a strategy leaves as they are. */
export interface KnownDeviations {
  /** What ends in a call is replaced by the framework, within seconds: the software is not gone, only away. */
  replacesProcesses?: boolean;
  /** NaN arrives as null. */
  writesNull?: boolean;
  /** Milliseconds that a call may wait in the framework's own queue. */
  queueDelay?: number;
  /** Resources that it applies, whatever the machine; of all others the start says that they are left out. */
  applies?: ('cpu' | 'memory' | 'concurrency' | 'replicas')[];
  /** A NUL character arrives as U+FFFD. */
  replacesNul?: boolean;
  /** Processes are started for calls: that one ends does not make the software unhealthy. */
  startsOnDemand?: boolean;
  /** An exit of the code ends the whole software, as a crash does. */
  stopsOnExit?: boolean;
  /** An exception arrives without its traceback. */
  hidesTracebacks?: boolean;
  /** That the code has exited is an error of the call without its type. */
  hidesExits?: boolean;
  /** The log has lines of the framework's own for each call. */
  logsCalls?: boolean;
  /** It is served from other machines: what listens on this one is not its affair. */
  servesRemotely?: boolean;
  /** The framework has the main thread: the code has one of its own, where no signal can be handled. */
  ownsMainThread?: boolean;
  /** Calls at once go to several processes, so that none waits for another, unless `replicas` is one. */
  spreadsCalls?: boolean;
  /** A call whose caller has gone while it waited is begun all the same. */
  startsAbandoned?: boolean;
  /** An exception arrives as its message alone, without type and traceback. */
  reportsMessageOnly?: boolean;
}

/** How software is looked at where it runs. All of it may be left out: then it is its processes on this machine. */
export interface ProviderHooks
  extends Partial<Pick<Conformance, 'kill' | 'listRemaining' | 'listRunning' | 'interruptStart' | 'deviations'>> {
  /** Whether a start has come as far as it is cut off by `startHalfway`; by default as soon as anything remains of it. */
  isPartlyStarted?: (plan: RunPlan) => Promise<boolean>;
}

/**
 * What a strategy's `conformance` module exports as `conformance`. All of it may be left out: then it is served by the
 * strategy's recipes, as processes on this machine.
 */
export interface ConformanceHooks extends ProviderHooks {
  /** As the user's `--entry`. */
  entry?: string;
  /** By the name of a provider that is not its usual one: the hooks there, in place of those above. */
  providers?: Record<string, ProviderHooks>;
}

import type { AgentRequest } from './agent.js';
import type { AgentDirectories } from './agent-environment.js';
import type { Prices } from './agent-settings.js';
import type { ContainedExit, StopCause } from './contained-process.js';
import type { RunLog } from './run-log.js';

/** Everything that a protocol needs to start its program. */
export interface RunSetup {
  request: AgentRequest;
  program: string;
  directories: AgentDirectories;
  model: string | null;
  prices: Prices | null;
  /** Values of the protocol's `keys` and `variables` that are set. */
  variables: Record<string, string>;
  /** Id of a new session, for programs that accept one. */
  newSession: string;
  isSandboxed: boolean;
}

export interface Invocation {
  /** Arguments after the program. */
  argv: string[];
  /** Text for standard input. */
  input: string;
  /** Added to the agent environment and the protocol's variables. */
  env: Record<string, string>;
  /** Absolute paths in the workspace that must stay hidden, because a repository could run code through them. */
  masked?: string[];
  /** Absolute paths that are only read as instructions, and therefore stay visible if there is no sandbox. */
  maskedInstructions?: string[];
}

/** Reads the output of one run into its log. */
export interface OutputReader {
  readLine(line: string, stream: 'stdout' | 'stderr'): void;
  /** Called every two seconds, for programs that report their usage only in files. */
  poll?(): Promise<void>;
  /** Called after the program has ended, to read its files and its exit code. */
  finish?(end: ContainedExit): Promise<void> | void;
}

/** The command line of one coding agent. All protocols share the engine around it. */
export interface CommandLineProtocol {
  name: string;
  origin: 'built-in' | 'user';
  program: string;
  /** Oldest version with these flags and this output; null for any. */
  minimumVersion: string | null;
  /** Variables with a key; at least one must be set, unless the list is empty. */
  keys: readonly string[];
  /** Optional variables to pass on, such as endpoints. */
  variables: readonly string[];
  /** Variable that names the model unless the settings do; null for none. */
  modelVariable: string | null;
  /** Model when none is configured; null lets the program choose. */
  defaultModel: string | null;
  /** True when the program reports the cost of a run. */
  reportsCost: boolean;
  /** Writes the program's configuration into its home, and builds its command. */
  prepare(setup: RunSetup): Promise<Invocation>;
  createReader(setup: RunSetup, log: RunLog, stop: (cause: StopCause) => void): OutputReader;
}

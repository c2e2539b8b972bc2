import type { AgentRequest } from './agent.js';
import type { AgentDirectories } from './agent-environment.js';
import type { Prices } from './agent-settings.js';
import type { ContainedExit, StopCause } from './contained-process.js';
import type { RunLog } from './run-log.js';

/** All that a protocol needs to know to start its program. */
export interface RunSetup {
  request: AgentRequest;
  program: string;
  directories: AgentDirectories;
  model: string | null;
  prices: Prices | null;
  /** The variables of the protocol's `keys` and `variables` that are set. */
  variables: Record<string, string>;
  /** An id for a new session, for programs that let it be chosen. */
  newSession: string;
  isSandboxed: boolean;
}

export interface Invocation {
  /** After the program. */
  argv: string[];
  /** For standard input. */
  input: string;
  /** On top of the environment made from nothing and the variables above. */
  env: Record<string, string>;
  /** Absolute paths in the workspace that it must not find: with what is in them, a repository makes it run things. */
  masked?: string[];
  /** The same for what would only be read as instructions: found where there is no sandbox. */
  maskedInstructions?: string[];
}

/** Reads what one run prints, into its log. */
export interface OutputReader {
  readLine(line: string, stream: 'stdout' | 'stderr'): void;
  /** Every two seconds, for programs that say only in files what they have used up so far. */
  poll?(): Promise<void>;
  /** After the program has ended: what is only in files, and what the end itself says. */
  finish?(end: ContainedExit): Promise<void> | void;
}

/** How one coding agent's command line is spoken; the engine around it is the same for all. */
export interface CommandLineProtocol {
  name: string;
  origin: 'built-in' | 'user';
  program: string;
  /** The oldest version whose flags and output are these; null: any. */
  minimumVersion: string | null;
  /** One of them must be set; none at all when empty. */
  keys: readonly string[];
  /** Endpoints and the like, passed on when they are set. */
  variables: readonly string[];
  /** The variable that names a model when the settings do not; null: none. */
  modelVariable: string | null;
  /** What is asked for when nobody names a model; null: the program's own choice. */
  defaultModel: string | null;
  /** Says what a run costs without configured prices. */
  reportsCost: boolean;
  /** Writes what the program reads from its home, and builds its command. */
  prepare(setup: RunSetup): Promise<Invocation>;
  createReader(setup: RunSetup, log: RunLog, stop: (cause: StopCause) => void): OutputReader;
}

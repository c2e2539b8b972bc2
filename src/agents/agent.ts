/** Limits of one agent run. An absent limit is unlimited. */
export interface AgentLimits {
  /** Seconds from start to end. */
  wallSeconds: number;
  /** Seconds without activity. Retries of a request are not activity. */
  idleSeconds: number;
  /** Model replies. */
  turns?: number;
  dollars?: number;
  /** Input and output tokens together. */
  tokens?: number;
}

/** One action of the agent, reported while it runs. */
export interface AgentEvent {
  kind: 'message' | 'read' | 'edit' | 'run' | 'retry' | 'other';
  /** One or more lines for a person: the message, the path, the command. */
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * One round: a prompt in a workspace. Safe to repeat after a crash: a run first ends the processes of a crashed one.
 */
export interface AgentRequest {
  prompt: string;
  /** Absolute; the only directory that the agent may change. */
  workspace: string;
  /** Absolute; the agent's HOME, configuration and sessions, which persist between the rounds of a deployment. */
  stateDirectory: string;
  /** Session of the same agent to continue; null starts a new one. */
  session: string | null;
  limits: AgentLimits;
  /** Source of the agent's key and endpoint only; the process's environment when absent. */
  environment?: NodeJS.ProcessEnv;
  /** Absolute paths hidden from a sandboxed agent, such as the contract with its held-back examples. */
  hiddenPaths?: string[];
  signal?: AbortSignal;
  onEvent?: (event: AgentEvent) => void;
  /** Called as soon as the session has an id, so that it can continue after a crash. */
  onSession?: (session: string) => void;
}

/**
 * Reason why a run ended. `time`, `idle`, `turns` and `budget` (dollars or tokens) are limits. `rate-limited` includes
 * overload. `unreachable`: the provider does not answer. `session-lost`: the session cannot continue, but a new one can
 * start.
 */
export type StopReason =
  | 'finished'
  | 'turns'
  | 'budget'
  | 'time'
  | 'idle'
  | 'aborted'
  | 'failed'
  | 'rate-limited'
  | 'unauthorized'
  | 'unreachable'
  | 'session-lost';

export interface AgentUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Sandbox of a run, or the reason why it had none. */
export interface Sandbox {
  isSandboxed: boolean;
  /** `bubblewrap`, or the reason why there is no sandbox. */
  mechanism: string;
}

/** Result of a run, successful or not. Counts cover only this run, not earlier runs of the session. */
export interface AgentResult extends Sandbox {
  stopReason: StopReason;
  /** The provider's wait time for `rate-limited`; null when it names none, and for other stop reasons. */
  retryAfterSeconds: number | null;
  /** The final message; empty when there is none. */
  message: string;
  /** Null when the run failed before it had a session. */
  session: string | null;
  usage: AgentUsage;
  /** Dollars; null when the agent does not report it and no prices are configured. */
  cost: number | null;
  turns: number;
  /** Error message of the agent or the provider; null when the run finished. */
  error: string | null;
}

/** State of an agent on this machine. */
export interface AgentDescription {
  name: string;
  isUsable: boolean;
  /** Missing prerequisites for a person: `the program codex`, `OPENAI_API_KEY`. Empty when the agent is usable. */
  missing: string[];
  /** Version that the program reports; null when unknown. */
  version: string | null;
  /** Path of the program; null when it is missing or the agent runs in this process. */
  program: string | null;
  model: string | null;
  /** Without it and without configured prices, a limit in dollars has no effect. */
  reportsCost: boolean;
  origin: 'built-in' | 'user';
}

export interface Agent {
  readonly name: string;
  describe(environment?: NodeJS.ProcessEnv): Promise<AgentDescription>;
  /**
   * Runs one round. A failure of the agent is a result, not an exception.
   *
   * @throws AGENT_UNUSABLE when a prerequisite is missing, UNDO_INCOMPLETE when the agent's processes cannot be ended.
   */
  run(request: AgentRequest): Promise<AgentResult>;
}

/** What one run of an agent may use up. Absent: no limit of that kind. */
export interface AgentLimits {
  /** Seconds from start to end. */
  wallSeconds: number;
  /** Seconds without a sign of work; retries of a request are none. */
  idleSeconds: number;
  /** Replies of the model. */
  turns?: number;
  dollars?: number;
  /** Tokens in and out together. */
  tokens?: number;
}

/** One thing that the agent does, as it does it. */
export interface AgentEvent {
  kind: 'message' | 'read' | 'edit' | 'run' | 'retry' | 'other';
  /** One or more lines for a person: what it says, the path, the command. */
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** One round: a prompt in a workspace. Safe to give again after a crash: what the crashed run left is ended first. */
export interface AgentRequest {
  prompt: string;
  /** Absolute; where the agent works, and all it may change. */
  workspace: string;
  /** Absolute; the agent's own HOME, configuration and sessions, kept between the rounds of one deployment. */
  stateDirectory: string;
  /** Goes on with this session of the same agent; null begins one. */
  session: string | null;
  limits: AgentLimits;
  /** Where the agent's own key and endpoint are looked for, nothing else; the process's environment when absent. */
  environment?: NodeJS.ProcessEnv;
  /** Absolute paths that a sandboxed agent does not see, such as the contract with its held-back examples. */
  hiddenPaths?: string[];
  signal?: AbortSignal;
  onEvent?: (event: AgentEvent) => void;
  /** Told as soon as the session has an id, so that it can be continued after a crash. */
  onSession?: (session: string) => void;
}

/**
 * `time`, `idle`, `turns`, `budget` (dollars or tokens): a limit was reached. `rate-limited`: also overload.
 * `unreachable`: no provider answers. `session-lost`: the session can't be continued, a new one could begin.
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

/** What held the agent in: by which tool, or why by none. */
export interface Sandbox {
  isSandboxed: boolean;
  /** `bubblewrap`, or the reason why there is none. */
  mechanism: string;
}

/** The same shape for success and failure. Everything counts this run alone, not the session before it. */
export interface AgentResult extends Sandbox {
  stopReason: StopReason;
  /** As the provider asks; null when it says nothing, and for every other stop reason. */
  retryAfterSeconds: number | null;
  /** The final message; empty when there is none. */
  message: string;
  /** Null when it failed before it had one. */
  session: string | null;
  usage: AgentUsage;
  /** Dollars; null when neither the agent nor a configured price says it. */
  cost: number | null;
  turns: number;
  /** What went wrong, in the agent's or provider's words; null when it finished. */
  error: string | null;
}

/** Whether an agent can be used here, and what it lacks. */
export interface AgentDescription {
  name: string;
  isUsable: boolean;
  /** In words for a person, such as `the program codex` or `OPENAI_API_KEY`; empty when it can be used. */
  missing: string[];
  /** As its program says it; null when it has none or is missing. */
  version: string | null;
  /** The program's path; null when missing or in-process. */
  program: string | null;
  model: string | null;
  /** False: a limit in dollars can't hold for it, unless prices are configured. */
  reportsCost: boolean;
  origin: 'built-in' | 'user';
}

export interface Agent {
  readonly name: string;
  describe(environment?: NodeJS.ProcessEnv): Promise<AgentDescription>;
  /** Throws AGENT_UNUSABLE when something is missing, UNDO_INCOMPLETE when its processes can't be ended; else a result. */
  run(request: AgentRequest): Promise<AgentResult>;
}

/** Properties of an error code. `codes` is the closed table of all of them. */
export interface CodeEntry {
  /** True if the same step may succeed when it is retried unchanged. */
  retryable: boolean;
  /**
   * True if the request itself is wrong. The deployment has no work worth keeping: it is undone and its name is free
   * again. Every other failure makes the deployment wait and keeps its work.
   */
  endsDeployment: boolean;
  /** Exit code of the command: 1 it failed, 2 wrong usage, 3 something it needs is missing, 130 interrupted. */
  exit: 1 | 2 | 3 | 130;
  /** The next step for the user. `{name}` is replaced by the detail `name` of the error. */
  next: string;
}

const usage = (next: string): CodeEntry => ({ retryable: false, endsDeployment: true, exit: 2, next });
const recoverable = (next: string): CodeEntry => ({ retryable: false, endsDeployment: false, exit: 1, next });
const missing = (next: string): CodeEntry => ({ retryable: false, endsDeployment: false, exit: 3, next });
const transient = (next: string): CodeEntry => ({ retryable: true, endsDeployment: false, exit: 1, next });

const fix =
  'Fix it in `berth shell {name}`, then: berth resume {name} --agent none. ' +
  'Or fix the source, then: berth redeploy {name}';

export const codes = {
  // The request
  USAGE: usage('See `berth {command} --help`.'),
  COMMAND_UNKNOWN: usage('List the commands: berth --help'),
  NAME_INVALID: usage('Use lower-case letters, digits and hyphens, at most 40 of them: --name NAME'),
  NAME_TAKEN: usage('Choose another name with --name, or remove this one: berth cleanup {name}'),
  NAME_UNKNOWN: usage('List deployments: berth list'),
  SCHEDULE_INVALID: usage('See the format: berth schedule create --help'),
  SCHEDULE_TAKEN: usage(
    'Give this one another name with --id, or remove the other: berth schedule delete {name} --id {schedule}',
  ),
  SCHEDULE_UNKNOWN: usage('List schedules: berth schedule list'),
  STATE_CONFLICT: usage('See its state: berth status {name}'),
  SOURCE_NOT_FOUND: usage('Give the path of a directory on the machine that runs the worker.'),
  SOURCE_EMPTY: usage('Give a directory that contains code. Ignore files may exclude more than you expect.'),
  SOURCE_UNSUPPORTED: usage('Give the directory that contains the Python code or the Dockerfile.'),
  SOURCE_UNSAFE: usage('Leave the link out with .berthignore, or replace it with a copy of its target.'),
  STRATEGY_UNKNOWN: usage(
    'List strategies: berth strategies list. A worker reads BERTH_STRATEGIES when it starts: berth down && berth up',
  ),
  STRATEGY_NAME_INVALID: usage('Use lower-case letters, digits and hyphens, a letter first: berth strategies new NAME'),
  STRATEGY_NAME_TAKEN: usage('Choose another name: berth strategies new NAME'),
  DIRECTORY_UNUSABLE: missing('Choose a writable directory: --directory DIR'),
  STRATEGY_NOT_ALLOWED: usage('Add it to --allow, or choose an allowed strategy.'),
  STRATEGY_UNAVAILABLE: usage('See which strategies are available: berth strategies list'),
  STRATEGY_BROKEN: usage('Fix the file, then check it: berth strategies list'),
  STRATEGY_UNDECIDED: usage('Choose one: berth deploy {path} --strategy {strategy}'),
  EXPOSE_UNSUPPORTED: usage('Remove --expose, or choose a strategy that supports it: --strategy NAME'),
  EXPOSE_NEEDED: usage('Allow it to listen there: berth deploy {path} --expose'),
  PROVIDER_UNKNOWN: usage('List strategies: berth strategies list'),
  ENTRY_AMBIGUOUS: usage('Choose one: berth deploy {path} --entry {entry}'),
  ENTRY_NOT_FOUND: usage('Name the callable: berth deploy {path} --entry MODULE:CALLABLE'),
  ENTRY_INVALID: usage(
    'Use MODULE:CALLABLE or MODULE:Class.method, /PATH or :PORT/PATH for an HTTP server, or the name of a graph in langgraph.json.',
  ),
  EXAMPLES_INVALID: usage(
    'Fix the file. It holds a list of {"input": …, "output": …, "match": "exact"|"subset"|"schema"}.',
  ),
  INPUT_INVALID: usage('Give JSON, @FILE, or - for standard input.'),
  RUN_ID_INVALID: usage('Use letters, digits, hyphens and underscores, at most 100 of them: --id ID'),
  RUN_TAKEN: usage('Choose another --id, or omit the inputs to get the answer of the existing run.'),
  ENV_MISSING: recoverable(
    'Set it where the worker runs (berth down && berth up), then: berth resume {name}. Or deploy with --env {variable}=VALUE.',
  ),
  RESOURCE_INVALID: usage('Use --resource NAME=VALUE, for example --resource memory=2Gi.'),

  // The repository and its adaptation
  MANIFEST_INVALID: usage('Fix the file, then: berth deploy {path}'),
  PYTHON_SYNTAX: recoverable(fix),
  DEPENDENCY_UNRESOLVED: recoverable(fix),
  DEPENDENCY_INSTALL: recoverable(fix),
  BUILD_FAILED: recoverable(fix),
  IMPORT_FAILED: recoverable(fix),
  CONTRACT_FAILED: recoverable(`Give a hint: berth resume {name} --hint TEXT. ${fix}`),
  ADAPTATION_FAILED: recoverable(
    'Give a hint: berth resume {name} --hint TEXT. Or adapt it in `berth shell {name}`, then: berth resume {name} --agent none',
  ),
  START_FAILED: recoverable(
    'Read the log: berth logs {name}. If the deployment waits: berth resume {name} --hint TEXT',
  ),
  NOT_READY: recoverable('Read the log: berth logs {name}. If the deployment waits: berth resume {name} --hint TEXT'),
  REDEPLOY_FAILED: recoverable('The previous revision is still serving. See why: berth history {name}'),
  ROLLED_BACK: recoverable(
    'The previous revision serves again. Read the output of the new one: berth logs {name} --revision {revision}',
  ),
  CALLS_FAILING: recoverable('Berth rolled it back. Read its output: berth logs {name} --revision {revision}'),

  // A call
  CALL_FAILED: recoverable('The traceback is from the deployed code. Read its output: berth logs {name}'),
  CALL_INPUT: recoverable('Pass the inputs that the message lists.'),
  CALL_OUTPUT: recoverable('Return a value that JSON can represent, or convert it first.'),
  CALL_TIMEOUT: recoverable('Raise the limit: --timeout SECONDS for one call, or --timeout of berth deploy.'),
  CALL_CANCELLED: recoverable('Call again.'),
  CALL_LOST: transient('Berth restarts the software. Read its last output: berth logs {name}'),
  NOT_RUNNING: recoverable('See its state: berth status {name}'),

  // The machine and the stack
  INDEX_UNREACHABLE: transient('Check the network, the proxy, and uv’s index settings (UV_DEFAULT_INDEX).'),
  TOOL_MISSING: missing('See what is missing and how to install it: berth doctor'),
  ENGINE_UNREACHABLE: {
    retryable: true,
    endsDeployment: false,
    exit: 3,
    next: 'Start the container engine, or set DOCKER_HOST=unix:///PATH for the worker.',
  },
  CLOUD_UNREACHABLE: {
    retryable: true,
    endsDeployment: false,
    exit: 3,
    next: 'Check the network and the proxy where the worker runs, then: berth resume {name}',
  },
  CLOUD_REFUSED: missing(
    'Set the credentials that the message names where the worker runs (berth down && berth up), then: berth resume {name}',
  ),
  AGENT_UNKNOWN: usage('List the coding agents: berth doctor'),
  AGENT_UNUSABLE: missing('See what each coding agent lacks: berth doctor. Then: berth resume {name} --agent AGENT'),
  AGENT_BUSY: transient('Berth retries automatically. See: berth status {name}'),
  BUDGET_REACHED: recoverable('Raise the limit: berth resume {name} --rounds N --budget DOLLARS'),
  AGENT_CONFIG: missing('Fix the file, then check it: berth doctor'),
  STACK_FAILED: missing('Find the problem: berth doctor'),
  SERVER_UNREACHABLE: {
    retryable: true,
    endsDeployment: false,
    exit: 3,
    next: 'Check TEMPORAL_ADDRESS, or start your own: berth up',
  },
  WORKER_UNREACHABLE: {
    retryable: true,
    endsDeployment: false,
    exit: 3,
    next: 'Start a worker on that host: berth worker',
  },
  SECRET_KEY_WRONG: missing(
    'Set the same BERTH_SECRET_KEY for clients and workers (openssl rand -base64 32), then deploy again.',
  ),
  HOME_UNUSABLE: missing(
    'Make it writable, or choose another directory: BERTH_HOME=DIR. If the deployment waits: berth resume {name}',
  ),
  DISK_FULL: missing('Free some space: berth gc. If the deployment waits: berth resume {name}'),
  WORKFLOW_ENDED: recoverable('Remove what it left behind: berth gc --yes'),
  UNDO_INCOMPLETE: transient('The message names what still exists. Retry: berth cleanup {name}'),
  INTERRUPTED: {
    retryable: false,
    endsDeployment: false,
    exit: 130,
    next: 'The operation continues in the background: {follow}',
  },
  ABORTED: {
    retryable: false,
    endsDeployment: false,
    exit: 130,
    next: 'Nothing is running. Start it again when you are ready.',
  },
  INTERNAL: {
    retryable: false,
    endsDeployment: false,
    exit: 1,
    next: 'This is a bug in Berth. Report it with the output of --verbose.',
  },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof codes;

export const isErrorCode = (text: unknown): text is ErrorCode => typeof text === 'string' && Object.hasOwn(codes, text);

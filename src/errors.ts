import { quoteShellWord } from './quote-shell-word.js';

/**
 * Every way in which Berth says no: one class, a closed table of codes.
 *
 * - `retryable`: trying the same step again, unchanged, may succeed.
 * - `ends`: the request itself was wrong, so a deployment that meets it has no work worth keeping: it is undone and its
 *   name is free again. All other failures make a deployment wait, with its work kept.
 * - `exit`: exit code of the command (1 it failed · 2 wrong usage · 3 something needed is missing · 130 interrupted).
 * - `next`: what the reader does now. `{…}` is filled from the error's details.
 */
export interface CodeEntry {
  retryable: boolean;
  endsDeployment: boolean;
  exit: 1 | 2 | 3 | 130;
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
  // What was asked for
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

  // What the repository or its adaptation turned out to be
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

/** Facts that travel with an error: fill the `next` line, and show a person or an agent what happened. */
export interface ErrorDetails {
  /** What failed, as shown to the user and to an agent: command, exit code, last lines of output, expected and got. */
  evidence?: string;
  /** For a person alone: `evidence` with what held-back examples expect, where it has any. */
  fullEvidence?: string;
  /** What could be meant, as the option takes it that says so. */
  candidates?: string[];
  /** What to do next, where that was said before, with details that are not at hand any more. */
  next?: string;
  [fact: string]: string | number | boolean | string[] | undefined;
}

/** What crosses a border in place of the class: in `--json`, in a workflow's state, in a failure's details. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  next: string;
  details: ErrorDetails;
}

export class BerthError extends Error {
  override readonly name = 'BerthError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return codes[this.code].retryable;
  }

  get exitCode(): number {
    return codes[this.code].exit;
  }

  get next(): string {
    return this.details.next ?? describeNext(this.code, this.details);
  }

  toRecord(): ErrorRecord {
    return { code: this.code, message: this.message, next: this.next, details: this.details };
  }

  static fromRecord(record: ErrorRecord): BerthError {
    return new BerthError(record.code, record.message, record.details);
  }

  /** Any thrown value as a BerthError; what Berth did not foresee is INTERNAL and keeps its cause. */
  static from(thrown: unknown): BerthError {
    if (thrown instanceof BerthError) return thrown;
    const refused = toDiskError(thrown);
    if (refused !== undefined) return refused;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new BerthError('INTERNAL', message, {}, { cause: thrown });
  }
}

/** What a disk says when it takes nothing more. */
const diskErrors: Record<string, { code: ErrorCode; reason: string }> = {
  ENOSPC: { code: 'DISK_FULL', reason: 'no space is left' },
  EDQUOT: { code: 'DISK_FULL', reason: 'the quota is used up' },
  EROFS: { code: 'HOME_UNUSABLE', reason: 'the file system is read only' },
};

/** A write that the disk refused, whoever tried it, to `path` or what the error names; undefined for anything else. */
export function toDiskError(thrown: unknown, path?: string): BerthError | undefined {
  // Not `instanceof`: an error of Node's own may come from another realm.
  const { code = '', path: named = 'the disk' } = (thrown ?? {}) as NodeJS.ErrnoException;
  const refusal = diskErrors[code];
  if (refusal === undefined) return undefined;
  const place = path ?? named;
  return new BerthError(refusal.code, `cannot write ${place}: ${refusal.reason}`, { place }, { cause: thrown });
}

/** Whether a program's last words say that the disk was full. */
export const isDiskFullMessage = (words: string): boolean =>
  /no space left on device|out of disk ?space|disk quota exceeded|database or disk is full/i.test(words);

export const isErrorCode = (text: unknown): text is ErrorCode => typeof text === 'string' && Object.hasOwn(codes, text);

/** The code's next step with the details filled in; a placeholder without its detail is written as its name. */
export function describeNext(code: ErrorCode, details: ErrorDetails): string {
  const fill = (fact: string) =>
    details[fact] === undefined ? fact.toUpperCase() : formatDetail(fact, String(details[fact]));
  return codes[code].next.replaceAll(/\{(\w+)\}/g, (_, fact: string) => fill(fact));
}

/** In a command, as a shell takes it; a list of variables and a whole command are sentences of ours. */
const formatDetail = (fact: string, value: string): string =>
  fact === 'path' || fact === 'entry' ? quoteShellWord(value) : value;

import { codes, type ErrorCode } from './error-codes.js';
import { quoteShellWord } from './quote-shell-word.js';

export { type CodeEntry, codes, type ErrorCode, isErrorCode } from './error-codes.js';

/** Facts about an error. They fill the placeholders of its `next` line and show a person or an agent what happened. */
export interface ErrorDetails {
  /** Shown to the user and to a coding agent: command, exit code, last lines of output, expected and actual values. */
  evidence?: string;
  /** `evidence` with the expected outputs of held-back examples. Shown to the user only, never to an agent. */
  fullEvidence?: string;
  /** Values that the user may have meant, in the form that the option accepts. */
  candidates?: string[];
  /** The next step, already filled in. Set when the details that fill it are no longer available. */
  next?: string;
  [fact: string]: string | number | boolean | string[] | undefined;
}

/** A BerthError as plain data: in `--json`, in a workflow's state, in the details of a Temporal failure. */
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

  /** Converts any thrown value. An unexpected one becomes INTERNAL and is kept as the cause. */
  static from(thrown: unknown): BerthError {
    if (thrown instanceof BerthError) return thrown;
    const diskError = toDiskError(thrown);
    if (diskError !== undefined) return diskError;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new BerthError('INTERNAL', message, {}, { cause: thrown });
  }
}

/** System error codes of a file system that accepts no more writes. */
const diskErrors: Record<string, { code: ErrorCode; reason: string }> = {
  ENOSPC: { code: 'DISK_FULL', reason: 'no space is left' },
  EDQUOT: { code: 'DISK_FULL', reason: 'the quota is used up' },
  EROFS: { code: 'HOME_UNUSABLE', reason: 'the file system is read only' },
};

/**
 * Converts the error of a write that the disk refused; undefined for any other error. `path` defaults to the error's.
 */
export function toDiskError(thrown: unknown, path?: string): BerthError | undefined {
  // Not `instanceof`: an error of Node.js may come from another realm.
  const { code = '', path: reportedPath = 'the disk' } = (thrown ?? {}) as NodeJS.ErrnoException;
  const diskError = diskErrors[code];
  if (diskError === undefined) return undefined;
  const place = path ?? reportedPath;
  return new BerthError(diskError.code, `cannot write ${place}: ${diskError.reason}`, { place }, { cause: thrown });
}

/** Checks whether the output of a program reports a full disk. */
export const isDiskFullMessage = (output: string): boolean =>
  /no space left on device|out of disk ?space|disk quota exceeded|database or disk is full/i.test(output);

/**
 * Returns the next step of a code with the details filled in. A placeholder without a detail becomes its name: `NAME`.
 */
export function describeNext(code: ErrorCode, details: ErrorDetails): string {
  const fill = (fact: string) =>
    details[fact] === undefined ? fact.toUpperCase() : formatDetail(fact, String(details[fact]));
  return codes[code].next.replaceAll(/\{(\w+)\}/g, (_, fact: string) => fill(fact));
}

/**
 * Quotes user input for a shell. Other details are written by Berth, such as a complete command, and stay unchanged.
 */
const formatDetail = (fact: string, value: string): string =>
  fact === 'path' || fact === 'entry' ? quoteShellWord(value) : value;

import type { Answer } from '../contract/answer.js';
import { describeNext, isErrorCode } from '../errors.js';
import type { Output } from './output.js';
import { renderFailure } from './report-failure.js';

/** Explains a failed call to a person on stderr; stdout already has the answer as JSON. */
export function reportFailedAnswer(
  output: Output,
  answer: (Answer & { status: 'error' }) | undefined,
  name: string,
): void {
  if (output.isJson || answer === undefined) return;
  const { code, message, traceback } = answer.error;
  const next = isErrorCode(code) ? describeNext(code, { name }) : `Read the log: berth logs ${name}`;
  output.note(renderFailure({ code, message, next, evidence: traceback ?? null }, output.noteColors));
}

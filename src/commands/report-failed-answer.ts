import type { Answer } from '../contract/answer.js';
import { describeNext, isErrorCode } from '../errors.js';
import type { Output } from './output.js';
import { renderFailure } from './report-failure.js';

/** A failed call for a person: its answer is on stdout already, as one line of JSON that nobody likes to read. */
export function reportFailedAnswer(
  output: Output,
  answer: (Answer & { status: 'error' }) | undefined,
  name: string,
): void {
  if (output.isJson || answer === undefined) return;
  const { code, message, traceback } = answer.error;
  const next = isErrorCode(code) ? describeNext(code, { name }) : `See its log: berth logs ${name}`;
  output.note(renderFailure({ code, message, next, evidence: traceback ?? null }, output.noteColors));
}

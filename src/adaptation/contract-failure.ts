import type { Answer, AnswerError } from '../contract/answer.js';
import type { ContractExample } from '../contract/example.js';
import { shorten } from './shorten.js';

/** Maximum characters of evidence: a deployment records it, and a few failures show as much as thousands. */
const maxEvidenceLength = 20_000;

/** An example that failed. */
export interface Failure {
  index: number;
  example: ContractExample;
  answer: Answer;
  problem: string;
  /** Advice if something is missing; otherwise empty. */
  advice: string;
}

export function describeFailure({ index, example, answer, problem, advice }: Failure, isHeldBack: boolean): string {
  const origin = example.place === undefined ? '' : ` (${example.place})`;
  const head = `example ${index + 1}${origin}, input ${shorten(example.input)}`;
  const missing = advice === '' ? '' : `\n  ${advice.slice(2)}`;
  return `${head}\n  ${isHeldBack ? describeAnswer(answer) : problem}${missing}`;
}

/** Joins failures up to the maximum length, but always includes the first. */
export function joinFailures(failures: string[]): string | null {
  let used = 0;
  const shown = failures.filter((failure, index) => {
    used += failure.length;
    return index === 0 || used <= maxEvidenceLength;
  });
  const left = failures.length - shown.length;
  if (failures.length === 0) return null;
  return [...shown, ...(left === 0 ? [] : [`… and ${left} more that failed`])].join('\n');
}

/** Describes a failed held-back example without its expected output. */
function describeAnswer(answer: Answer): string {
  const got = answer.status === 'success' ? shorten(answer.output) : describeError(answer.error);
  return `wrong answer (the expected output is hidden from agents): got ${got}`;
}

export function describeError({ code, message, traceback }: AnswerError): string {
  const got = `the error ${code}: ${message}`;
  return traceback === undefined ? got : `${got}\n${indent(traceback)}`;
}

const indent = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-15)
    .map((line) => `  ${line}`)
    .join('\n');

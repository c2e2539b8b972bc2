import type { Answer, AnswerError } from '../contract/answer.js';
import type { Contract, Example } from '../contract/example.js';
import type { ContractReport } from '../contract/revision.js';
import { matchOutput } from './match-output.js';
import { shorten } from './shorten.js';
import { listHeldBack } from './split-contract.js';

/** Characters of evidence: a deployment records it, and a few failures say as much as thousands. */
const evidenceRoom = 20_000;

export interface ContractCheck {
  contract: Contract;
  /** Calls the software; errors of the call are answers. */
  call: (inputs: unknown) => Promise<Answer>;
  /** Indexes of the examples that agents do not see; by default those that `splitContract` holds back. */
  heldBack?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface CheckedContract {
  report: ContractReport;
  /** Each example that failed, as an agent may see it: of a held-back one its input and what came. Null: all passed. */
  evidence: string | null;
  /** The same with what was expected everywhere, for a person; null where that is no more. */
  fullEvidence: string | null;
  /** What was checked, in a few words. */
  note: string;
}

/** Calls the software with each example, one after the other. Never throws for what the software answers. */
export async function checkContract(check: ContractCheck): Promise<CheckedContract> {
  const { contract, call, heldBack = listHeldBack(contract), signal } = check;
  const full: string[] = [];
  const safe: string[] = [];
  for (const [index, example] of contract.examples.entries()) {
    signal?.throwIfAborted();
    const answer = await call(example.input);
    const failure = await checkExample(example, answer);
    if (failure === null) continue;
    const place = `example ${index + 1}, input ${shorten(example.input)}`;
    full.push(`${place}\n  ${failure}`);
    safe.push(heldBack.includes(index) ? `${place}\n  ${describeAnswer(answer)}` : `${place}\n  ${failure}`);
  }
  const examples = contract.examples.length;
  const report = { source: contract.source, examples, passed: examples - full.length };
  const [evidence, fullEvidence] = [joinFailures(safe), joinFailures(full)];
  return { report, evidence, fullEvidence: fullEvidence === evidence ? null : fullEvidence, note: describe(report) };
}

/** As many as have room; the first one always. */
function joinFailures(failures: string[]): string | null {
  let used = 0;
  const shown = failures.filter((failure, index) => {
    used += failure.length;
    return index === 0 || used <= evidenceRoom;
  });
  const left = failures.length - shown.length;
  if (failures.length === 0) return null;
  return [...shown, ...(left === 0 ? [] : [`… and ${left} more that failed`])].join('\n');
}

async function checkExample(example: Example, answer: Answer): Promise<string | null> {
  if (answer.status === 'success') return await matchOutput(example, answer.output);
  const expected = Object.hasOwn(example, 'output') ? shorten(example.output) : 'an answer';
  return `expected ${expected}, got ${describeError(answer.error)}`;
}

/** Of an example that agents do not see: what came, and that it was wrong. */
function describeAnswer(answer: Answer): string {
  const got = answer.status === 'success' ? shorten(answer.output) : describeError(answer.error);
  return `not what this example, which agents are not shown, expects: got ${got}`;
}

function describeError({ code, message, traceback }: AnswerError): string {
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

function describe({ source, examples, passed }: ContractReport): string {
  if (examples === 0) return 'no example is known, so nothing was called; give one with --example FILE';
  if (source === 'weak')
    return `called with its defaults: ${passed === examples ? 'it answers' : 'it fails'}; give examples with --example FILE`;
  const origin = source === 'user' ? '' : ' from the repository';
  return `${passed} of ${examples} ${examples === 1 ? 'example' : 'examples'}${origin}`;
}

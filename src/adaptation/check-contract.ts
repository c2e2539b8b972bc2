import type { Answer } from '../contract/answer.js';
import type { Contract, Example } from '../contract/example.js';
import type { ContractReport } from '../contract/revision.js';
import { matchOutput } from './match-output.js';
import { shorten } from './shorten.js';

export interface ContractCheck {
  contract: Contract;
  /** Calls the software; errors of the call are answers. */
  call: (inputs: unknown) => Promise<Answer>;
  signal?: AbortSignal | undefined;
}

export interface CheckedContract {
  report: ContractReport;
  /** Each example that failed: input, expected, got; null when all passed. */
  evidence: string | null;
  /** What was checked, in a few words. */
  note: string;
}

/** Calls the software with each example, one after the other. Never throws for what the software answers. */
export async function checkContract({ contract, call, signal }: ContractCheck): Promise<CheckedContract> {
  const failures: string[] = [];
  for (const [index, example] of contract.examples.entries()) {
    signal?.throwIfAborted();
    const failure = await checkExample(example, await call(example.input));
    if (failure !== null) failures.push(`example ${index + 1}, input ${shorten(example.input)}\n  ${failure}`);
  }
  const examples = contract.examples.length;
  const report = { source: contract.source, examples, passed: examples - failures.length };
  return { report, evidence: failures.length === 0 ? null : failures.join('\n'), note: describe(report) };
}

async function checkExample(example: Example, answer: Answer): Promise<string | null> {
  if (answer.status === 'success') return await matchOutput(example, answer.output);
  const { code, message, traceback } = answer.error;
  const expected = Object.hasOwn(example, 'output') ? shorten(example.output) : 'an answer';
  const got = `expected ${expected}, got the error ${code}: ${message}`;
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

import type { Answer } from '../contract/answer.js';
import type { Contract, ContractExample } from '../contract/example.js';
import type { ContractReport, StaleCall } from '../contract/revision.js';
import { redactDeep } from '../secrets/index.js';
import { describeError, describeFailure, type Failure, joinFailures } from './contract-failure.js';
import { matchDoctest } from './match-doctest.js';
import { matchOutput } from './match-output.js';
import { shorten } from './shorten.js';
import { listHeldBack } from './split-contract.js';
import { describeProbeFailure } from './summarize-contract.js';
import { tolerateFailures } from './tolerate-failures.js';

export interface ContractCheckRequest {
  contract: Contract;
  /** Calls the software; errors of the call are answers. */
  call: (inputs: unknown) => Promise<Answer>;
  /** Indexes of the examples that agents do not see. Defaults to those that `splitContract` holds back. */
  heldBack?: readonly number[] | undefined;
  /**
   * True if no agent changed the code. Then the documentation may be out of date: a call with the defaults may raise,
   * and some documented calls may fail, but not all of those that need no network.
   */
  isUserCode?: boolean | undefined;
  /** Documented calls that failed in an earlier check; they are not repeated. */
  stale?: StaleCall[] | undefined;
  /**
   * Finds what is missing according to an error, because the copy excluded it or no manifest declares it. Returns
   * sentences with the remedy, without their final period.
   */
  findMissing?: ((text: string) => Promise<string[]>) | undefined;
  /** Values to redact from reports. */
  secrets?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface ContractCheckResult {
  report: ContractReport;
  /**
   * Failed examples as an agent may see them: without the expected output of held-back ones. Null if the contract
   * holds.
   */
  evidence: string | null;
  /** The evidence with all expected outputs, for a person; null if it adds nothing. */
  fullEvidence: string | null;
  /** Short description of the result. */
  note: string;
}

/** Calls the software with each example in turn. Never throws because of an answer. */
export async function checkContract(request: ContractCheckRequest): Promise<ContractCheckResult> {
  const { contract, heldBack = listHeldBack(contract), isUserCode = false, stale = [] } = request;
  const failures = await findFailures(request);
  const examples = contract.examples.length;
  const passed = examples - failures.length - stale.length;
  const report: ContractReport = { source: contract.source, examples, passed, ...(stale.length > 0 && { stale }) };
  const tolerated = isUserCode ? tolerateFailures(report, failures, contract) : undefined;
  if (failures.length === 0 || tolerated !== undefined) {
    const passedReport = tolerated ?? { ...report, ...(contract.probe && { probe: contract.probe }) };
    const note = contract.source === 'none' ? 'contract: none; not called again' : describeReport(passedReport);
    return { report: passedReport, evidence: null, fullEvidence: null, note };
  }
  const evidence = joinFailures(failures.map((failure) => describeFailure(failure, heldBack.includes(failure.index))));
  const fullEvidence = joinFailures(failures.map((failure) => describeFailure(failure, false)));
  return {
    report,
    evidence,
    fullEvidence: fullEvidence === evidence ? null : fullEvidence,
    note: describeReport(report),
  };
}
async function findFailures(request: ContractCheckRequest): Promise<Failure[]> {
  const { contract, call, stale = [], secrets = [], signal } = request;
  const failures: Failure[] = [];
  for (const [index, example] of contract.examples.entries()) {
    signal?.throwIfAborted();
    if (stale.some((known) => known.example === index)) continue;
    const answer = await call(example.input);
    const problem = await checkExample(example, answer);
    if (problem === null) continue;
    const redacted = redactDeep(answer, secrets);
    const advice = await buildAdvice(redacted, request);
    failures.push({
      index,
      example,
      answer: redacted,
      problem: (await checkExample(example, redacted)) ?? problem,
      advice,
    });
  }
  signal?.throwIfAborted(); // the answer to an aborted call is meaningless
  return failures;
}

async function buildAdvice(answer: Answer, { findMissing }: ContractCheckRequest): Promise<string> {
  if (answer.status === 'success' || findMissing === undefined) return '';
  const { message, traceback = '' } = answer.error;
  const sentences = await findMissing(`${message}\n${traceback}`).catch(() => []); // a failed search gives no advice
  return sentences.map((sentence) => `; ${sentence}`).join('');
}

/**
 * Returns the problem, or null if the example holds. A doctest with a literal and a text output holds if either
 * matches.
 */
async function checkExample(example: ContractExample, answer: Answer): Promise<string | null> {
  const asText = example.doctest === undefined ? undefined : matchDoctest(example.doctest, answer);
  if (asText === null) return null;
  if (answer.status === 'success')
    return Object.hasOwn(example, 'output') ? await matchOutput(example, answer.output) : (asText ?? null);
  const expected = Object.hasOwn(example, 'output')
    ? shorten(example.output)
    : (example.doctest?.want.trim() ?? 'an answer');
  return `expected ${expected}, got ${describeError(answer.error)}`;
}

function describeReport({ source, examples, passed, probe, stale = [] }: ContractReport): string {
  if (probe !== undefined) return `contract: none; ${describeProbeFailure(probe)}`;
  if (examples === 0) return 'no examples, so nothing was called; provide some with --example FILE';
  if (source === 'weak')
    return `called with its defaults: ${passed === examples ? 'it answers' : 'it fails'}; provide examples with --example FILE`;
  const origin = source === 'user' ? '' : ' from the repository';
  const places = stale.map(({ place }) => place).join(', ');
  const failed = stale.length === 0 ? '' : `; out of date: ${places}`;
  return `${passed} of ${examples} ${examples === 1 ? 'example' : 'examples'}${origin}${failed}`;
}

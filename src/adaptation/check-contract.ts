import type { Answer, AnswerError } from '../contract/answer.js';
import type { Contract, ContractExample, Probe } from '../contract/example.js';
import type { ContractReport, StaleCall } from '../contract/revision.js';
import { isErrorCode } from '../errors.js';
import { redactDeep } from '../secrets/index.js';
import { listTexts } from './list-texts.js';
import { matchDoctest } from './match-doctest.js';
import { matchOutput } from './match-output.js';
import { shorten } from './shorten.js';
import { listHeldBack } from './split-contract.js';
import { describeProbeFailure } from './summarize-contract.js';

/** Maximum characters of evidence: a deployment records it, and a few failures tell as much as thousands. */
const maxEvidenceLength = 20_000;

export interface ContractCheckRequest {
  contract: Contract;
  /** Calls the software; errors of the call are answers. */
  call: (inputs: unknown) => Promise<Answer>;
  /** Indexes of the examples that agents do not see. Defaults to those that `splitContract` holds back. */
  heldBack?: readonly number[] | undefined;
  /**
   * True if no agent changed the code. Then the documentation may be out of date: a call with the defaults may raise, and
   * some documented calls may fail, but not all of those that need no network.
   */
  isUserCode?: boolean | undefined;
  /** Documented calls that failed in an earlier check; they are not repeated. */
  stale?: StaleCall[] | undefined;
  /**
   * Finds what an error shows to be missing because the copy excluded it or nobody declared it. Returns sentences, without
   * their final period, that say what to do.
   */
  findMissing?: ((text: string) => Promise<string[]>) | undefined;
  /** Values to redact from reports. */
  secrets?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface ContractCheckResult {
  report: ContractReport;
  /** Failed examples as an agent may see them: without the expected output of held-back ones. Null if the contract holds. */
  evidence: string | null;
  /** The evidence with all expected outputs, for a person; null if it says no more. */
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

interface Failure {
  index: number;
  example: ContractExample;
  answer: Answer;
  problem: string;
  /** What to do if something is missing; otherwise empty. */
  advice: string;
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

/** Returns the report to continue with if the failures are tolerable for the user's own code; undefined if they are not. */
function tolerateFailures(
  report: ContractReport,
  failures: Failure[],
  { examples }: Contract,
): ContractReport | undefined {
  const [first] = failures;
  if (first === undefined || failures.some(({ answer }) => !isSoftwareAnswer(answer))) return undefined;
  if (report.source === 'weak') return { source: 'none', examples: 0, passed: 0, probe: describeProbe(first) };
  const { stale: known = [] } = report;
  const areNetworkFailures =
    failures.every(isNetworkFailure) && known.every(({ example }) => hasAddress(examples[example]));
  const isTolerable = report.source === 'repository' && (report.passed > 0 || areNetworkFailures);
  const stale = [...known, ...failures.map(toStaleCall)].sort((left, right) => left.example - right.example);
  return isTolerable ? { ...report, stale } : undefined;
}

const hasAddress = (example: ContractExample | undefined): boolean =>
  listTexts(example?.input).some((text) => /^(https?|ftp):\/\//i.test(text));

/** Returns true for a failed call whose input contains a URL: the network may be the cause. */
const isNetworkFailure = ({ example, answer }: Failure): boolean =>
  hasAddress(example) && (answer.status === 'error' || answer.output === null);

/** Returns false for answers of the machine or a cloud, which say nothing about the software. */
const isSoftwareAnswer = (answer: Answer): boolean => {
  if (answer.status === 'success') return true;
  const { code } = answer.error;
  return !isErrorCode(code) || (code.startsWith('CALL_') && code !== 'CALL_CANCELLED');
};

/** Maximum characters of the exception that a probe raised. */
const maxProbeLength = 500;

function describeProbe({ answer, problem, advice }: Failure): Probe {
  if (answer.status === 'success') return { code: 'CALL_OUTPUT', raised: problem };
  const { code, message, type } = answer.error;
  const raised = type === undefined ? `${code}: ${message}` : message;
  return {
    code,
    raised: `${raised.length > maxProbeLength ? `${raised.slice(0, maxProbeLength)}…` : raised}${advice}`,
  };
}

const toStaleCall = ({ index, example, problem, advice }: Failure): StaleCall => ({
  example: index,
  place: example.place ?? `example ${index + 1}`,
  input: shorten(example.input, 100),
  problem: `${problem.split('\n')[0] ?? problem}${advice}`,
});

function describeFailure({ index, example, answer, problem, advice }: Failure, isHeldBack: boolean): string {
  const origin = example.place === undefined ? '' : ` (${example.place})`;
  const head = `example ${index + 1}${origin}, input ${shorten(example.input)}`;
  const missing = advice === '' ? '' : `\n  ${advice.slice(2)}`;
  return `${head}\n  ${isHeldBack ? describeAnswer(answer) : problem}${missing}`;
}

/** Joins failures up to the maximum length, but always includes the first. */
function joinFailures(failures: string[]): string | null {
  let used = 0;
  const shown = failures.filter((failure, index) => {
    used += failure.length;
    return index === 0 || used <= maxEvidenceLength;
  });
  const left = failures.length - shown.length;
  if (failures.length === 0) return null;
  return [...shown, ...(left === 0 ? [] : [`… and ${left} more that failed`])].join('\n');
}

/** Returns the problem, or null if the example holds. A doctest with a literal and a text output holds if either matches. */
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

/** Describes a failed held-back example without its expected output. */
function describeAnswer(answer: Answer): string {
  const got = answer.status === 'success' ? shorten(answer.output) : describeError(answer.error);
  return `wrong answer (the expected output is hidden from agents): got ${got}`;
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

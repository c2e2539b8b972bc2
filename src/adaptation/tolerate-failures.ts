import type { Answer } from '../contract/answer.js';
import type { Contract, ContractExample, Probe } from '../contract/example.js';
import type { ContractReport, StaleCall } from '../contract/revision.js';
import { isErrorCode } from '../errors.js';
import type { Failure } from './contract-failure.js';
import { listTexts } from './list-texts.js';
import { shorten } from './shorten.js';

/**
 * Returns the report to continue with if the failures are tolerable for the user's own code; undefined if they are not.
 */
export function tolerateFailures(
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

/** Returns false for errors of the machine or a cloud, which are no evidence about the software. */
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

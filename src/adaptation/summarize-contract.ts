import type { Probe } from '../contract/example.js';
import type { ContractReport } from '../contract/revision.js';

// How a revision's contract reads. For workflows and pages too: nothing here needs Node or zod.

export const describeProbeFailure = ({ raised }: Probe): string => `called with its defaults, it raised ${raised}`;

/** The contract in one line. */
export function summarizeContract({ source, examples, passed, probe }: ContractReport): string {
  const advice = 'give examples with --example FILE';
  if (probe !== undefined) return `none; ${describeProbeFailure(probe)}`;
  if (examples === 0) return `none; nothing was called: ${advice}`;
  if (source === 'weak') return `none; called with its defaults, it ${passed === examples ? 'answers' : 'fails'}`;
  return `${passed} of ${examples} passed (from ${source === 'user' ? 'you' : 'the repository'})`;
}

/** Each documented call that does not hold, as a sentence. */
export const listStaleCalls = (report: ContractReport | null): string[] =>
  (report?.stale ?? []).map(
    ({ place, input, problem }) =>
      `${place}: the documented call with ${input} does not do what is documented: ${problem}`,
  );

import type { Probe } from '../contract/example.js';
import type { ContractReport } from '../contract/revision.js';

// Workflows and pages use this too, so it needs neither Node nor zod.

export const describeProbeFailure = ({ raised }: Probe): string => `called with its defaults, it raised ${raised}`;

/** Summarizes the contract in one line. */
export function summarizeContract({ source, examples, passed, probe }: ContractReport): string {
  const advice = 'provide examples with --example FILE';
  if (probe !== undefined) return `none; ${describeProbeFailure(probe)}`;
  if (examples === 0) return `none; nothing was called: ${advice}`;
  if (source === 'weak') return `none; called with its defaults, it ${passed === examples ? 'answers' : 'fails'}`;
  return `${passed} of ${examples} passed (from ${source === 'user' ? 'you' : 'the repository'})`;
}

/** Describes each documented call that fails, as a sentence. */
export const listStaleCalls = (report: ContractReport | null): string[] =>
  (report?.stale ?? []).map(
    ({ place, input, problem }) =>
      `${place}: the documented call with ${input} does not behave as documented: ${problem}`,
  );

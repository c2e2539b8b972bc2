import type { AgentLimits, StopReason } from './agent.js';
import type { StopCause } from './contained-process.js';
import type { Failure, RunLog } from './run-log.js';

/** What it means that a limit, the caller or a refused key ended the run. */
export function describeStop(cause: StopCause & StopReason, limits: AgentLimits, log: RunLog): Failure {
  const { wallSeconds, idleSeconds, turns, dollars, tokens } = limits;
  const last = log.failure === null ? '' : `; before that: ${log.failure.text}`;
  const budget = [dollars && `$${dollars}`, tokens && `${tokens} tokens`].filter(Boolean).join(' and ');
  const texts: Record<StopCause, string> = {
    time: `it was stopped after ${wallSeconds} s${last}`,
    idle: `it was stopped after ${idleSeconds} s without a sign of work${last}`,
    aborted: 'it was stopped on request',
    turns: `it was stopped after ${turns} turns`,
    budget: `it was stopped at its budget of ${budget}`,
    unauthorized: `the provider refused the key${last}`,
  };
  return { reason: cause, text: texts[cause], retryAfterSeconds: null };
}

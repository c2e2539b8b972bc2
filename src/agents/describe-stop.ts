import type { AgentLimits, StopReason } from './agent.js';
import type { StopCause } from './contained-process.js';
import type { Failure, RunLog } from './run-log.js';

/** Describes a run that was stopped by a limit, the caller or a refused key. */
export function describeStop(cause: StopCause & StopReason, limits: AgentLimits, log: RunLog): Failure {
  const { wallSeconds, idleSeconds, turns, dollars, tokens } = limits;
  const lastFailure = log.failure === null ? '' : `; last failure: ${log.failure.text}`;
  const budget = [dollars && `$${dollars}`, tokens && `${tokens} tokens`].filter(Boolean).join(' and ');
  const texts: Record<StopCause, string> = {
    time: `the agent was stopped after ${wallSeconds} s${lastFailure}`,
    idle: `the agent was stopped after ${idleSeconds} s without activity${lastFailure}`,
    aborted: 'the agent was stopped on request',
    turns: `the agent was stopped after ${turns} turns`,
    budget: `the agent was stopped at its budget of ${budget}`,
    unauthorized: `the provider refused the key${lastFailure}`,
  };
  return { reason: cause, text: texts[cause], retryAfterSeconds: null };
}

import type { AgentResult, Sandbox } from './agent.js';
import { computeCost } from './agent-settings.js';
import { classifyFailure } from './classify-failure.js';
import type { RunSetup } from './command-line-protocol.js';
import type { ContainedExit, StopCause } from './contained-process.js';
import { describeStop } from './describe-stop.js';
import type { Failure, RunLog } from './run-log.js';

export interface EndedRun {
  setup: RunSetup;
  log: RunLog;
  end: ContainedExit;
  /** The last lines of standard error. */
  errors: string;
  sandbox: Sandbox;
}

/** Builds the result from the agent's output, the program's exit and the stop cause. The output outweighs the exit code. */
export function concludeRun({ setup, log, end, errors, sandbox }: EndedRun): AgentResult {
  const failure = findFailure(log, end, errors, setup);
  const { inputTokens, outputTokens } = log;
  const priced = setup.prices === null ? null : computeCost(setup.prices, inputTokens, outputTokens);
  return {
    stopReason: failure?.reason ?? 'finished',
    retryAfterSeconds: failure?.retryAfterSeconds ?? null,
    message: log.message,
    session: failure?.reason === 'session-lost' ? null : log.session,
    usage: { inputTokens, outputTokens },
    cost: log.cost ?? priced,
    turns: log.turns,
    error: failure?.text ?? null,
    ...sandbox,
  };
}

function findFailure(log: RunLog, end: ContainedExit, errors: string, setup: RunSetup): Failure | null {
  if (end.stoppedBy !== null && !(log.isFinished && log.failure === null && isTimeLimit(end.stoppedBy))) {
    return log.failure?.reason === end.stoppedBy ? log.failure : describeStop(end.stoppedBy, setup.request.limits, log);
  }
  if (end.problem !== null) return classifyFailure(`the agent could not be started: ${end.problem}`);
  if (log.failure !== null) return log.failure;
  if (end.stoppedBy === null && end.exitCode !== 0) {
    return classifyFailure(
      errors || `the agent ended with ${end.exitCode === null ? 'a signal' : `exit code ${end.exitCode}`}`,
    );
  }
  return log.message === '' ? classifyFailure(errors || 'the agent ended without a final message') : null;
}

/** Limits that do not matter when the agent had finished and only its program had not ended yet. */
const isTimeLimit = (cause: StopCause): boolean => cause === 'time' || cause === 'idle';

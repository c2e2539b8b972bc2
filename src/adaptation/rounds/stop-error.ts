import type { AgentResult } from '../../agents/index.js';
import { BerthError } from '../../errors.js';

/** Returns the error for a round whose agent did not finish; undefined if it did. */
export function toStopError(agent: string, result: AgentResult): BerthError | undefined {
  const { stopReason, retryAfterSeconds, message } = result;
  const error = result.error ?? 'no reason given';
  switch (stopReason) {
    case 'finished':
      return undefined;
    case 'rate-limited':
      return new BerthError('AGENT_BUSY', `${agent}’s provider limits the rate: ${error}`, {
        ...(retryAfterSeconds !== null && { retryAfterSeconds }),
      });
    case 'unreachable':
      return new BerthError('AGENT_BUSY', `${agent}’s provider does not answer: ${error}`, { isDown: true });
    case 'unauthorized':
      return new BerthError('AGENT_UNUSABLE', `${agent}’s provider rejects the key: ${error}`);
    case 'budget':
      return new BerthError('BUDGET_REACHED', `${agent} has used up its budget: ${error}`);
    default: {
      const lastMessage = message === '' ? [] : [`its last message: ${message}`];
      const evidence = [`${agent} did not finish (${stopReason}): ${error}`, ...lastMessage].join('\n');
      return new BerthError('ADAPTATION_FAILED', `${agent} did not finish: ${error}`, { evidence });
    }
  }
}

/** Returns true if another agent may take over: this one is unusable, or its provider does not answer. */
export const isSkippable = (error: BerthError): boolean =>
  error.code === 'AGENT_UNUSABLE' || (error.code === 'AGENT_BUSY' && error.details.isDown === true);

import type { AgentResult } from '../../agents/index.js';
import { BerthError } from '../../errors.js';

/** What it means for a round that an agent did not finish; undefined when it did. */
export function toStopError(agent: string, result: AgentResult): BerthError | undefined {
  const { stopReason, retryAfterSeconds, message } = result;
  const error = result.error ?? 'it does not say why';
  switch (stopReason) {
    case 'finished':
      return undefined;
    case 'rate-limited':
      return new BerthError('AGENT_BUSY', `${agent}’s provider asks to wait: ${error}`, {
        ...(retryAfterSeconds !== null && { retryAfterSeconds }),
      });
    case 'unreachable':
      return new BerthError('AGENT_BUSY', `${agent}’s provider does not answer: ${error}`, { isDown: true });
    case 'unauthorized':
      return new BerthError('AGENT_UNUSABLE', `${agent}’s provider refuses the key: ${error}`);
    case 'budget':
      return new BerthError('BUDGET_REACHED', `${agent} has used up its budget: ${error}`);
    default: {
      const said = message === '' ? [] : [`its last words: ${message}`];
      const evidence = [`${agent} did not finish (${stopReason}): ${error}`, ...said].join('\n');
      return new BerthError('ADAPTATION_FAILED', `${agent} did not finish: ${error}`, { evidence });
    }
  }
}

/** Another agent may do it: this one can't be used, or nobody answers it. */
export const isSkippable = (error: BerthError): boolean =>
  error.code === 'AGENT_UNUSABLE' || (error.code === 'AGENT_BUSY' && error.details.isDown === true);

import type { AgentLimits } from './agent.js';
import { computeCost, type Prices } from './agent-settings.js';
import type { RunLog } from './run-log.js';

/** Returns the limit of turns, dollars or tokens that a run has reached, by the usage reported so far; null for none. */
export function findReachedLimit(limits: AgentLimits, log: RunLog, prices: Prices | null): 'turns' | 'budget' | null {
  const cost = log.cost ?? (prices === null ? 0 : computeCost(prices, log.inputTokens, log.outputTokens));
  if (limits.turns !== undefined && log.turns > limits.turns) return 'turns';
  if (limits.dollars !== undefined && cost >= limits.dollars) return 'budget';
  return limits.tokens !== undefined && log.inputTokens + log.outputTokens >= limits.tokens ? 'budget' : null;
}

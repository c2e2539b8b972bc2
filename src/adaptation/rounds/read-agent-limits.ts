import type { AgentLimits } from '../../agents/index.js';
import { BerthError } from '../../errors.js';

/** Maximum seconds and turns of one agent run; each can be set in the worker's environment. */
const defaults = {
  BERTH_AGENT_WALL_SECONDS: 30 * 60,
  BERTH_AGENT_IDLE_SECONDS: 5 * 60,
  BERTH_AGENT_TURNS: 100,
};

/**
 * Reads the limits of an agent run from the environment.
 *
 * @throws AGENT_CONFIG when a variable is not a positive number
 */
export const readAgentLimits = (environment: NodeJS.ProcessEnv, dollars: number | null): AgentLimits => ({
  wallSeconds: readNumber(environment, 'BERTH_AGENT_WALL_SECONDS'),
  idleSeconds: readNumber(environment, 'BERTH_AGENT_IDLE_SECONDS'),
  turns: readNumber(environment, 'BERTH_AGENT_TURNS'),
  ...(dollars !== null && { dollars }),
});

function readNumber(environment: NodeJS.ProcessEnv, name: keyof typeof defaults): number {
  const text = environment[name];
  if (text === undefined || text === '') return defaults[name];
  const value = Number(text);
  if (value > 0) return value;
  throw new BerthError('AGENT_CONFIG', `${name}=${text} is not a positive number`, { variable: name });
}

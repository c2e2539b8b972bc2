import { berthHome } from '../home/home.js';

/**
 * Checks the names of coding agents before anything is started.
 *
 * @throws AGENT_UNKNOWN when no agent has the name, AGENT_CONFIG when the agents' configuration is invalid.
 */
export async function requireKnownAgents(agents: string): Promise<void> {
  if (agents === 'none') return;
  const names = agents.split(',').map((name) => name.trim());
  const { AgentRegistry } = await import('../agents/index.js');
  const registry = await AgentRegistry.load(berthHome());
  for (const name of names) if (name !== 'auto') registry.getAgent(name);
}

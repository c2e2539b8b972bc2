import { berthHome } from '../home/home.js';

/** Refuses names that no coding agent has, before anything is started. Throws AGENT_UNKNOWN, AGENT_CONFIG. */
export async function requireKnownAgents(agents: string): Promise<void> {
  if (agents === 'none') return;
  const names = agents.split(',').map((name) => name.trim());
  const { AgentRegistry } = await import('../agents/index.js');
  const registry = await AgentRegistry.load(berthHome());
  for (const name of names) if (name !== 'auto') registry.getAgent(name);
}

export type {
  Agent,
  AgentDescription,
  AgentEvent,
  AgentLimits,
  AgentRequest,
  AgentResult,
  AgentUsage,
  Sandbox,
  StopReason,
} from './agent.js';
export { AgentRegistry, automaticOrder, type ChosenAgent } from './agent-registry.js';
export { findSandbox } from './sandbox.js';

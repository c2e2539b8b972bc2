export { runAgentRound } from './agent-round.js';
export type { AgentTask } from './agent-run.js';
export { type AgentReport, parseAgentReport } from './hand-back.js';
export { RoundRecord } from './round-record.js';
export { isSkippable } from './stop-error.js';

export { type AgentReport, parseAgentReport } from './parse-agent-report.js';
export { RoundRecord } from './round-record.js';
export type { AgentTask } from './run-agent.js';
export { runAgentRound } from './run-agent-round.js';
export { isSkippable } from './stop-error.js';

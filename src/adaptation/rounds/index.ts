export { adaptByAgent } from './agent-round.js';
export type { AgentWork } from './agent-run.js';
export { type HandBack, readHandBack } from './hand-back.js';
export { RoundRecord } from './round-record.js';
export { isPassedOver } from './stop-error.js';

export { AdapterAgent, type AdaptRequest } from './adapter-agent.js';
export type { Agent, AgentOutcome, AgentRequest } from './agent.js';
export { type CheckedContract, checkContract } from './check-contract.js';
export { determineContract } from './determine-contract.js';
export { readExampleFile } from './example-file.js';
export { matchOutput } from './match-output.js';
export type { Recipe, RecipeInput, Recognition } from './recipe.js';
export { contractFailed, type VerifiedWorkspace, type VerifyRequest, verifyWorkspace } from './verify-workspace.js';

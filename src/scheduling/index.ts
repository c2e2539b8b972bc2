export { type FailedRun, followRedeploy } from './follow-redeploy.js';
export { requestRedeploy, type ScheduledChange } from './request-redeploy.js';
export type { ScheduledDeployments } from './scheduled-deployments.js';

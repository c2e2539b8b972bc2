export type { RequestServer } from './ask.js';
export { requestRedeploy, type ScheduledChange } from './ask-for-redeploy.js';
export { type FailedRun, followRedeploy } from './follow-redeploy.js';
export { planSchedule, type ScheduleOptions, type SchedulePlan } from './plan.js';
export { RedeploySchedules } from './redeploy-schedules.js';
export type { ScheduledDeployments } from './scheduled-deployments.js';
export { RedeployGateway } from './server-deployments.js';

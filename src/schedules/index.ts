export type { Ask } from './ask.js';
export { type AskedChange, askForRedeploy } from './ask-for-redeploy.js';
export { type FailedRun, followRedeploy } from './follow-redeploy.js';
export { planSchedule, type ScheduleOptions, type SchedulePlan } from './plan.js';
export { RedeploySchedules } from './redeploy-schedules.js';
export type { ScheduledDeployments } from './scheduled-deployments.js';
export { ServerDeployments } from './server-deployments.js';

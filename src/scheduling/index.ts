export { RedeployGateway } from '../client/schedules/redeploy-gateway.js';
export { RedeploySchedules } from '../client/schedules/redeploy-schedules.js';
export type { RequestServer } from '../client/schedules/request-server.js';
export { type FailedRun, followRedeploy } from './follow-redeploy.js';
export { planSchedule, type ScheduleOptions, type SchedulePlan } from './plan-schedule.js';
export { requestRedeploy, type ScheduledChange } from './request-redeploy.js';
export type { ScheduledDeployments } from './scheduled-deployments.js';

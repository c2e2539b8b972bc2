export { RedeployGateway } from './redeploy-gateway.js';
export { RedeploySchedules } from './redeploy-schedules.js';
export type { RequestServer } from './request-server.js';

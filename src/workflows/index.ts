export { deployment } from './deployment.js';
export { durableRun } from './durable-run.js';
export { reconcile } from './reconcile.js';
export { scheduledRedeploy } from './scheduled-redeploy.js';

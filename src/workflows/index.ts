export { deployment } from './deployment.js';
export { reconcile } from './reconcile.js';
export { scheduledRedeploy } from './scheduled-redeploy.js';

export { deployment } from './deployment.js';
export { reconcile } from './reconcile.js';

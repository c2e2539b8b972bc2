export { explainMissing, findMissing } from './explain-missing.js';
export type { FailureContext } from './failure-context.js';

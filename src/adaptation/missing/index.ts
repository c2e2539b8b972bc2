export { explainMissing, findMissing } from './explain-missing.js';
export type { FailureContext } from './surroundings.js';

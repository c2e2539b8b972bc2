export { explainMissing, findMissing } from './explain-missing.js';
export type { Surroundings } from './surroundings.js';

export { type Assignment, parseEnvironmentOption, readEnvironmentFile } from './assignment.js';
export { resolveEnvironment, sealEnvironment } from './environment.js';
export { redact } from './redact.js';
export { openValue, sealValue } from './seal.js';

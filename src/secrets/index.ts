export { parseEnvironmentOption, readEnvironmentFile, type VariableAssignment } from './assignment.js';
export { resolveEnvironment, sealEnvironment } from './environment.js';
export { listSecrets } from './list-secrets.js';
export { redact } from './redact.js';
export { redactDeep } from './redact-deep.js';
export { openValue, sealValue } from './seal.js';

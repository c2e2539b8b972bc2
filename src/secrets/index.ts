export { parseEnvironmentOption, readEnvironmentFile, type VariableAssignment } from './environment-options.js';
export { resolveEnvironment, sealEnvironment } from './environment-variables.js';
export { listSecrets } from './list-secrets.js';
export { redact } from './redact.js';
export { redactDeep } from './redact-deep.js';
export { openValue, sealValue } from './seal.js';

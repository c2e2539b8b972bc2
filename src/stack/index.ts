export { getHostId } from '../host-id.js';
export { type DiagnosticCheck, diagnose } from './diagnose.js';
export { ensureStack, type StackOptions, type TemporalTarget } from './ensure-stack.js';
export { prepareForegroundWorker } from './foreground-worker.js';
export { type StoppedStack, stopStack } from './stop-stack.js';
export { formatWorkerIdentity, reassignLostActivities } from './take-over.js';
export { watchStack } from './wait-while-up.js';

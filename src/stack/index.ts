export { getHostId } from '../home/host-id.js';
export { type DiagnosticCheck, diagnose } from './diagnose.js';
export { ensureStack, type StackOptions, type TemporalTarget } from './ensure-stack.js';
export { prepareForegroundWorker } from './foreground-worker.js';
export { formatWorkerIdentity, reassignLostActivities } from './reassign-lost-activities.js';
export { type StoppedStack, stopStack } from './stop-stack.js';
export { watchStack } from './watch-stack.js';

export { getHostId } from '../home/host-id.js';
export type { TemporalTarget } from '../temporal/temporal-target.js';
export { diagnose } from './diagnose.js';
export type { DiagnosticCheck } from './diagnostic-check.js';
export { ensureStack, type StackOptions } from './ensure-stack.js';
export { prepareForegroundWorker } from './foreground-worker.js';
export { formatWorkerIdentity, reassignLostActivities } from './reassign-lost-activities.js';
export { type StoppedStack, stopStack } from './stop-stack.js';
export { watchStack } from './watch-stack.js';

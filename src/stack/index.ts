export { hostId } from '../host-id.js';
export { type Check, diagnose } from './diagnose.js';
export { ensureStack, type StackOptions, type TemporalTarget } from './ensure-stack.js';
export { beForeground } from './foreground-worker.js';
export { type StoppedStack, stopStack } from './stop-stack.js';
export { describeWorker, takeOverSteps } from './take-over.js';
export { waitWhileUp } from './wait-while-up.js';

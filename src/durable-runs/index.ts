export { type Callable, callSoftware } from './call-software.js';
export { type DurableRunOptions, DurableRuns, type StartedRun } from './durable-runs.js';

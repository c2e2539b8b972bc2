export { type Callable, callSoftware } from '../../calls/call-software.js';
export { type DurableRunOptions, DurableRuns, type RecordedRun } from './durable-runs.js';

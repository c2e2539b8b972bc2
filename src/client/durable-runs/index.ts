export { type DurableRunOptions, DurableRuns, type RecordedRun } from './durable-runs.js';

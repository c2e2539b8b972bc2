import type { RunPlan } from '../../contract/handle.js';
import { readLog } from '../../processes/log-file.js';
import type { LogOptions } from '../runner.js';
import { type CloudRecord, cloudRecord } from './cloud-record.js';

/** Yields the lines of the revision's log file, then the cloud's. With `tail`, yields only the cloud's, if any. */
export async function* readRevisionLog(
  plan: RunPlan,
  options: LogOptions,
  readCloudLog: (record: CloudRecord) => AsyncIterable<string> | Promise<AsyncIterable<string>>,
): AsyncIterable<string> {
  const record = await cloudRecord.read(plan);
  if (record === undefined) return yield* readLog(plan.logFile, options);
  if (options.tail === undefined) yield* readLog(plan.logFile);
  yield* await readCloudLog(record);
}

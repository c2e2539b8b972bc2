import type { RunPlan } from '../contract/handle.js';
import { appendLog } from '../processes/log-file.js';

/** Reports a line to the person who waits, and appends it to the revision's log. */
export async function reportLine(
  { logFile }: Pick<RunPlan, 'logFile'>,
  line: string,
  onProgress?: (line: string) => void,
): Promise<void> {
  onProgress?.(line);
  await appendLog(logFile, `berth: ${line}\n`);
}

import type { RunPlan } from '../../src/contract/handle.js';
import { appendLog } from '../../src/processes/log-file.js';

/** What a runner has to say goes to whoever waits for it, and into the revision's log. */
export async function reportLine(
  { logFile }: Pick<RunPlan, 'logFile'>,
  line: string,
  onProgress?: (line: string) => void,
): Promise<void> {
  onProgress?.(line);
  await appendLog(logFile, `berth: ${line}\n`);
}

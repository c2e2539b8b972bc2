import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { getFileSize, readTail } from '../../processes/log-file.js';
import { waitForTrackedExit } from '../../processes/process-exit.js';
import { isSameProcess } from '../../processes/process-identity.js';
import type { ServerOptions } from './server-options.js';
import type { ServerRecord } from './server-record.js';

/** Lines of the log that show why a start failed. */
const maxEvidenceLines = 30;

/** Returns the error for a server that did not start, with the strategy's explanation if there is one. */
export async function explainServerFailure(
  plan: RunPlan,
  { explainFailure }: Pick<ServerOptions, 'explainFailure'>,
  record: ServerRecord,
): Promise<BerthError> {
  const exit = isSameProcess(record) ? undefined : ((await waitForTrackedExit(record)) ?? 'ended');
  return explainFailure === undefined ? await explainFromLog(plan, record, exit) : await explainFailure(record, exit);
}

async function explainFromLog(
  { deployment, logFile }: RunPlan,
  { logStart }: ServerRecord,
  exit: string | undefined,
): Promise<BerthError> {
  const evidence = (await getFileSize(logFile)) > logStart ? await readTail(logFile, maxEvidenceLines) : '';
  const lastLine = evidence.trimEnd().split('\n').at(-1) ?? '';
  const message = `the server ${exit ?? 'failed'} before it could be called${lastLine === '' ? '' : `: ${lastLine}`}`;
  return new BerthError('START_FAILED', message, { name: deployment, log: logFile, evidence });
}

import { stripVTControlCharacters } from 'node:util';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { readLogSince } from '../../../src/processes/log-file.js';
import { findStuckImport } from '../../../src/runners/host/find-stuck-import.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';

/** Lines of the log that show why a start failed. */
const evidenceLineCount = 40;

/** Returns START_FAILED or IMPORT_FAILED with the server's last lines. `exit` says how its process ended. */
export async function explainStartFailure(
  plan: RunPlan,
  { logStart }: ServerRecord,
  exit = 'failed',
): Promise<BerthError> {
  const log = stripVTControlCharacters(await readLogSince(plan.logFile, logStart));
  const facts = { name: plan.deployment, log: plan.logFile };
  const stuck = findStuckImport(log, plan);
  if (stuck !== undefined) {
    const message = `importing the graph failed: ${stuck.message}`;
    return new BerthError('IMPORT_FAILED', message, { ...facts, evidence: stuck.evidence });
  }
  const lines = log.trimEnd().split('\n');
  const evidence = lines.slice(-evidenceLineCount).join('\n');
  const reason = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b.*: |^Error: /.test(line));
  const message = `the server ${exit} before it could be called${reason === undefined ? '' : `: ${reason.trim()}`}`;
  return new BerthError('START_FAILED', message, { ...facts, evidence });
}

import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { readLogSince } from '../../../src/processes/log-file.js';
import { isSameProcess, type ProcessIdentity } from '../../../src/processes/process-identity.js';
import { findStuckImport } from '../../../src/runners/host/find-stuck-import.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';
import type { BentoInterface } from '../bento-interface.js';
import { findException, maxSearchBytes } from '../calls/find-exception.js';
import { findWorkers } from './find-workers.js';
import { traceImport } from './trace-import.js';

/** Lines of the log that show why a server did not start. */
const evidenceLineCount = 30;
/** Line of a server that has its port open, but no worker that answers. */
const startupFailedMessage = 'Application startup failed';
const importFailedMessage = 'Failed to load bento or import service';

/**
 * Returns a check that is true when the log reports a failed start, or when a worker has ended: BentoML would restart
 * it forever.
 */
export function createFailureDetector(plan: RunPlan): (server: ServerRecord) => Promise<boolean> {
  let workers: ProcessIdentity[] = [];
  let parent: number | undefined;
  return async (server) => {
    if (parent !== server.pid) workers = [];
    parent = server.pid;
    if (!workers.every(isSameProcess) || (await readStartLog(plan, server)).includes(startupFailedMessage)) return true;
    workers = findWorkers(server);
    return false;
  };
}

interface StartContext {
  plan: RunPlan;
  bentoInterface: BentoInterface;
  env: Record<string, string>;
}

/** Returns IMPORT_FAILED or START_FAILED with the traceback from the log. `exit` is undefined while the server lives. */
export async function explainStartFailure(
  { plan, bentoInterface, env }: StartContext,
  server: ServerRecord,
  exit: string | undefined,
): Promise<BerthError> {
  const log = await readStartLog(plan, server);
  const facts = { name: plan.deployment, log: plan.logFile };
  const stuck = findStuckImport(log, plan);
  if (stuck !== undefined)
    return createImportError(bentoInterface, stuck.message, { ...facts, evidence: stuck.evidence });
  const exception = findException(log, 'Traceback', plan);
  const evidence = exception?.traceback ?? log.trimEnd().split('\n').slice(-evidenceLineCount).join('\n');
  if (log.includes(importFailedMessage)) {
    const reason = /Failed to import module "[^"]*": (.*)/.exec(log)?.[1] ?? 'BentoML does not find it';
    const error = createImportError(bentoInterface, reason, { ...facts, evidence });
    return await traceImport(error, { plan, bentoInterface, env });
  }
  const who = exit === undefined ? 'service’s process ended' : `server ${exit}`;
  const message =
    exception === undefined
      ? `the ${who} before it could be called`
      : `the service could not be started: ${exception.type}: ${exception.message}`;
  return new BerthError('START_FAILED', message, { ...facts, evidence });
}

const readStartLog = ({ logFile }: RunPlan, { logStart }: ServerRecord): Promise<string> =>
  readLogSince(logFile, logStart, maxSearchBytes);

const createImportError = (
  { service }: BentoInterface,
  reason: string,
  details: { name: string; log: string; evidence: string },
): BerthError => new BerthError('IMPORT_FAILED', `importing ${service} failed: ${reason}`, details);

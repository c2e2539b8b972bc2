import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { isListening } from '../../../src/processes/ports.js';
import { waitForTrackedExit } from '../../../src/processes/process-exit.js';
import { isSameProcess, type ProcessIdentity } from '../../../src/processes/process-identity.js';
import { findStuckImport } from '../../../src/runners/host/find-stuck-import.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import { findException, readLogSince } from '../calls/find-exception.js';
import { findWorkers } from './find-workers.js';
import type { ServerRecord } from './server-record.js';

/** Milliseconds that one probe may take: the port accepts connections before there is anybody to answer them. */
const probeTimeout = 1_000;
/** Milliseconds between two looks at a server that starts. */
const interval = 50;
/** Lines of the log that show why a server did not start. */
const evidenceLineCount = 30;

/** The name of the failure that leaves the server's parent alive, its port open, and nobody to answer. */
const startupFailedMessage = 'Application startup failed';
const importFailedMessage = 'Failed to load bento or import service';

/** Whether the server answers its readiness probe, and it is ours: any other may have taken the port. */
export async function isServing(server: ServerRecord, waitOptions = probeTimeout): Promise<boolean> {
  try {
    const { status } = await callHttp({ url: `${server.url}/readyz`, signal: AbortSignal.timeout(waitOptions) });
    return status === 200 && isListening(server.pid, server.port);
  } catch {
    return false;
  }
}

/**
 * Resolves when the server can be called. START_FAILED or IMPORT_FAILED with the traceback as soon as the log says so, or
 * a worker ends (which BentoML would start again for ever); NOT_READY after so many seconds.
 */
export async function awaitServer(
  plan: RunPlan,
  server: ServerRecord,
  { timeout, signal }: { timeout: number; signal?: AbortSignal | undefined },
): Promise<void> {
  let workers: ProcessIdentity[] = [];
  const isReady = async (): Promise<boolean> => {
    const isAlive = isSameProcess(server);
    const hasLostWorker = !workers.every(isSameProcess);
    const log = await readLogSince(plan.logFile, server.logStart); // after the looks: what ended has said all by now
    if (!isAlive || hasLostWorker || log.includes(startupFailedMessage)) throw await explainFailure(plan, server, log);
    workers = findWorkers(server);
    return await isServing(server);
  };
  const waitOptions = { timeout, interval, ...(signal && { signal }) };
  await waitUntilReady({ description: 'answer GET /readyz with 200', isReady }, waitOptions);
}

async function explainFailure(plan: RunPlan, server: ServerRecord, log: string): Promise<BerthError> {
  const stuck = findStuckImport(log, plan);
  if (stuck !== undefined)
    return new BerthError('IMPORT_FAILED', `importing ${plan.runInterface.service} failed: ${stuck.message}`, {
      ...{ name: plan.deployment, log: plan.logFile, evidence: stuck.evidence },
    });
  const exception = findException(log, 'Traceback', plan);
  const evidence = exception?.traceback ?? log.trimEnd().split('\n').slice(-evidenceLineCount).join('\n');
  const details = { name: plan.deployment, log: plan.logFile, evidence };
  if (log.includes(importFailedMessage)) {
    const reason = /Failed to import module "[^"]*": (.*)/.exec(log)?.[1] ?? 'BentoML does not find it';
    return new BerthError('IMPORT_FAILED', `importing ${plan.runInterface.service} failed: ${reason}`, details);
  }
  const message =
    exception === undefined
      ? `the ${isSameProcess(server) ? 'service’s process ended' : `server ${(await waitForTrackedExit(server)) ?? 'ended'}`} before it could be called`
      : `the service could not be started: ${exception.type}: ${exception.message}`;
  return new BerthError('START_FAILED', message, details);
}

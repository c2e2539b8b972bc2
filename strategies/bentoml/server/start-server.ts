import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { withLock } from '../../../src/processes/lock.js';
import { chooseFreePort } from '../../../src/processes/ports.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { getListenAddress } from '../../../src/runners/http/server-address.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import { stopServer } from '../../../src/runners/server/stop-server.js';
import { type BentoInterface, parseBentoInterface } from '../bento-interface.js';
import { findApi, type ServiceApi } from '../calls/service-api.js';
import { reportLine } from '../report-line.js';
import { awaitServer } from './await-server.js';
import { describeUnappliedResources, launchServer } from './launch-server.js';
import { readServerRecord, removeServerRecord, type ServerRecord, writeServerRecord } from './server-record.js';
import { traceImport } from './trace-import.js';

export interface StartedServer {
  server: ServerRecord;
  api: ServiceApi;
}

/** Seconds that a service has to build itself: it may load a model. */
const startTimeout = 900;
/** Seconds that a server which has answered before has to do so again: a worker that died is replaced within ten. */
const restartTimeout = 15;
/** Ports that are tried: another server may take one between the look and the start. */
const maxAttempts = 3;

/** One server per revision: an earlier start's is taken over, or replaced when it cannot be called. */
export async function startServer(plan: RunPlan, options: StartOptions): Promise<StartedServer> {
  const bentoInterface = parseBentoInterface(plan);
  await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
  return await withLock({ directory: join(plan.stateDirectory, 'start') }, async () => {
    try {
      const server = (await adoptServer(plan, options)) ?? (await launchOnFreePort(plan, bentoInterface, options));
      return { server, api: await findApi(server.url, bentoInterface) };
    } catch (error) {
      await removeServer(plan);
      throw error;
    }
  });
}

async function adoptServer(plan: RunPlan, { signal, onProgress }: StartOptions): Promise<ServerRecord | undefined> {
  const record = await readServerRecord(plan);
  if (record !== undefined && isSameProcess(record)) {
    onProgress?.(`server ${record.pid} of an earlier start is there`);
    try {
      await awaitServer(plan, record, { timeout: record.wasReady ? restartTimeout : startTimeout, signal });
      return await recordReady(plan, record);
    } catch (error) {
      signal?.throwIfAborted();
      onProgress?.(`it cannot be called and is replaced: ${BerthError.from(error).message}`);
    }
  }
  await removeServer(plan);
  return undefined;
}

async function launchOnFreePort(
  plan: RunPlan,
  bentoInterface: BentoInterface,
  options: StartOptions,
): Promise<ServerRecord> {
  const { env, signal, onProgress } = options;
  const unappliedNote = describeUnappliedResources(plan, bentoInterface);
  if (unappliedNote !== undefined) await reportLine(plan, unappliedNote, onProgress);
  for (let attempt = 1; ; attempt += 1) {
    const port = await chooseFreePort(plan.stateDirectory, getListenAddress(plan));
    onProgress?.(`starting ${bentoInterface.service} on port ${port}`);
    const record = await launchServer({ plan, bentoInterface, port, env });
    try {
      await awaitServer(plan, record, { timeout: startTimeout, signal });
      return await recordReady(plan, record);
    } catch (error) {
      const failure = BerthError.from(error);
      if (failure.code === 'IMPORT_FAILED') throw await traceImport(failure, { plan, served: bentoInterface, env });
      if (attempt === maxAttempts || !failure.details.evidence?.includes('Address already in use')) throw error;
      await removeServer(plan);
    }
  }
}

async function recordReady(plan: RunPlan, record: ServerRecord): Promise<ServerRecord> {
  const ready = { ...record, wasReady: true };
  await writeServerRecord(plan, ready);
  return ready;
}

async function removeServer(plan: RunPlan): Promise<void> {
  await stopServer(plan, await readServerRecord(plan), 0);
  await removeServerRecord(plan);
}

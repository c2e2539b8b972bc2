import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { endServer } from '../../src/runners/end-server.js';
import { chooseFreePort } from '../../src/runners/listening-port.js';
import { withLock } from '../../src/runners/lock.js';
import { isSameProcess } from '../../src/runners/process-identity.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { listenAddress } from '../../src/runners/server-address.js';
import { awaitServer } from './await-server.js';
import { type BentoInterface, readBentoInterface } from './bento-interface.js';
import { traceImport } from './import-service.js';
import { describeUnbound, launchServer } from './launch-server.js';
import { readServerRecord, removeServerRecord, type ServerRecord, writeServerRecord } from './server-record.js';
import { findApi, type ServiceApi } from './service-api.js';
import { tell } from './tell.js';

export interface StartedServer {
  server: ServerRecord;
  api: ServiceApi;
}

/** Seconds that a service has to build itself: it may load a model. */
const startPatience = 900;
/** Seconds that a server which has answered before has to do so again: a worker that died is replaced within ten. */
const returnPatience = 15;
/** Ports that are tried: another server may take one between the look and the start. */
const attempts = 3;

/** One server per revision: an earlier start's is taken over, or replaced when it cannot be called. */
export async function startServer(plan: RunPlan, options: StartOptions): Promise<StartedServer> {
  const served = readBentoInterface(plan);
  await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
  return await withLock({ directory: join(plan.stateDirectory, 'start') }, async () => {
    try {
      const server = (await takeOver(plan, options)) ?? (await launch(plan, served, options));
      return { server, api: await findApi(server.url, served) };
    } catch (error) {
      await clear(plan);
      throw error;
    }
  });
}

async function takeOver(plan: RunPlan, { signal, onProgress }: StartOptions): Promise<ServerRecord | undefined> {
  const record = await readServerRecord(plan);
  if (record !== undefined && isSameProcess(record)) {
    onProgress?.(`server ${record.pid} of an earlier start is there`);
    try {
      await awaitServer(plan, record, { timeout: record.wasReady ? returnPatience : startPatience, signal });
      return await noteReady(plan, record);
    } catch (error) {
      signal?.throwIfAborted();
      onProgress?.(`it cannot be called and is replaced: ${BerthError.from(error).message}`);
    }
  }
  await clear(plan);
  return undefined;
}

async function launch(plan: RunPlan, served: BentoInterface, options: StartOptions): Promise<ServerRecord> {
  const { env, signal, onProgress } = options;
  const unbound = describeUnbound(plan, served);
  if (unbound !== undefined) await tell(plan, unbound, onProgress);
  for (let attempt = 1; ; attempt += 1) {
    const port = await chooseFreePort(plan.stateDirectory, listenAddress(plan));
    onProgress?.(`starting ${served.service} on port ${port}`);
    const record = await launchServer({ plan, served, port, env });
    try {
      await awaitServer(plan, record, { timeout: startPatience, signal });
      return await noteReady(plan, record);
    } catch (error) {
      const failure = BerthError.from(error);
      if (failure.code === 'IMPORT_FAILED') throw await traceImport(failure, { plan, served, env });
      if (attempt === attempts || !failure.details.evidence?.includes('Address already in use')) throw error;
      await clear(plan);
    }
  }
}

async function noteReady(plan: RunPlan, record: ServerRecord): Promise<ServerRecord> {
  const ready = { ...record, wasReady: true };
  await writeServerRecord(plan, ready);
  return ready;
}

async function clear(plan: RunPlan): Promise<void> {
  await endServer(plan, await readServerRecord(plan), 0);
  await removeServerRecord(plan);
}

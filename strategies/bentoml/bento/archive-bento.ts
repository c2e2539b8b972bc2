import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { withLock } from '../../../src/processes/lock.js';
import { claimFirstReport } from '../../../src/runners/claim-first-report.js';
import { reportLine } from '../../../src/runners/report-line.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import { serverRecord } from '../../../src/runners/server/server-record.js';
import type { ServiceApi } from '../calls/service-api.js';
import { buildBento, findBento, stopBuild } from './build-bento.js';
import { describeServiceTimeout } from './service-timeout.js';

/** Milliseconds between two checks that the service is still served: a build takes longer until it writes anything. */
const interval = 100;

/**
 * Builds a bento of the revision while its code is served: `bentoml list` shows it under the revision's BENTOML_HOME.
 * The service does not depend on it, so a failure is reported once and is no error. A stop ends the build.
 */
export async function archiveBento(plan: RunPlan, api: ServiceApi, options: StartOptions): Promise<void> {
  const isServed = async () => (await serverRecord.read(plan).catch(() => undefined)) !== undefined;
  if ((await findBento(plan, plan.revision)) !== undefined || !(await isServed())) return;
  const stopped = new AbortController();
  const watchTimer = setInterval(async () => void ((await isServed()) || stopped.abort()), interval);
  const signal = AbortSignal.any([stopped.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  try {
    const lock = { directory: join(plan.stateDirectory, 'keep') };
    await withLock(lock, () => buildIfMissing(plan, api, { ...options, signal }));
  } catch (error) {
    if (signal.aborted || !(await isServed())) return;
    const { message } = BerthError.from(error);
    if (await claimFirstReport(plan.stateDirectory, 'bento', message))
      await reportLine(plan, `no bento was built of ${plan.revision}: ${message}`, options.onProgress);
  } finally {
    clearInterval(watchTimer);
  }
}

async function buildIfMissing(
  plan: RunPlan,
  api: ServiceApi,
  { env, signal, onProgress }: StartOptions,
): Promise<void> {
  if ((await findBento(plan, plan.revision)) !== undefined) return;
  await stopBuild(plan); // a build of a worker that was killed
  const bento = await buildBento(plan, { version: plan.revision, env, signal });
  const timeoutNote = describeServiceTimeout(plan, bento, api);
  if (timeoutNote !== undefined) await reportLine(plan, timeoutNote, onProgress);
}

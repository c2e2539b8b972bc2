import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { isNews } from '../../src/runners/is-news.js';
import { withLock } from '../../src/runners/lock.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { buildBento, endBuild, findBento } from './build-bento.js';
import { describeOwnTimeout } from './own-timeout.js';
import { readServerRecord } from './server-record.js';
import type { ServiceApi } from './service-api.js';
import { tell } from './tell.js';

/** Milliseconds between two looks whether the service is still served: a build takes longer until it writes anything. */
const interval = 100;

/**
 * Keeps a bento of the revision while its code is served: `bentoml list` shows it under the revision's BENTOML_HOME. The
 * service does not depend on it: what keeps it from being built is told once, and no more. A stop ends the build.
 */
export async function keepBento(plan: RunPlan, api: ServiceApi, options: StartOptions): Promise<void> {
  const isServed = async () => (await readServerRecord(plan).catch(() => undefined)) !== undefined;
  if ((await findBento(plan, plan.revision)) !== undefined || !(await isServed())) return;
  const stopped = new AbortController();
  const watch = setInterval(async () => void ((await isServed()) || stopped.abort()), interval);
  const signal = AbortSignal.any([stopped.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  try {
    const lock = { directory: join(plan.stateDirectory, 'keep') };
    await withLock(lock, () => build(plan, api, { ...options, signal }));
  } catch (error) {
    if (signal.aborted || !(await isServed())) return;
    const { message } = BerthError.from(error);
    if (await isNews(plan.stateDirectory, 'bento', message))
      await tell(plan, `no bento is kept of ${plan.revision}: ${message}`, options.onProgress);
  } finally {
    clearInterval(watch);
  }
}

async function build(plan: RunPlan, api: ServiceApi, { env, signal, onProgress }: StartOptions): Promise<void> {
  if ((await findBento(plan, plan.revision)) !== undefined) return;
  await endBuild(plan); // of a worker that was killed meanwhile
  const bento = await buildBento(plan, { version: plan.revision, env, signal });
  const cutOff = describeOwnTimeout(plan, bento, api);
  if (cutOff !== undefined) await tell(plan, cutOff, onProgress);
}

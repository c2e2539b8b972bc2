import { mkdir } from 'node:fs/promises';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { type Bento, buildBento, findBento } from './build-bento.js';
import { bentoHome } from './server-environment.js';
import { tell } from './tell.js';

/**
 * Keeps a bento of the revision while its code is served: `bentoml list` shows it under the revision's BENTOML_HOME. The
 * service does not depend on it: what keeps it from being built is reported, and no more.
 */
export async function keepBento(plan: RunPlan, { env, signal, onProgress }: StartOptions): Promise<Bento | undefined> {
  try {
    const kept = await findBento(plan, plan.revision);
    if (kept !== undefined) return kept;
    await mkdir(bentoHome(plan), { recursive: true });
    return await buildBento(plan, { version: plan.revision, env, signal });
  } catch (error) {
    if (signal?.aborted) return undefined;
    await tell(plan, `no bento is kept of ${plan.revision}: ${BerthError.from(error).message}`, onProgress);
    return undefined;
  }
}

import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { buildBento, findBento } from './build-bento.js';
import { bentoHome } from './server-environment.js';

/**
 * Keeps a bento of the revision while its code is served: `bentoml list` shows it under the revision's BENTOML_HOME. The
 * service does not depend on it: what keeps it from being built is reported, and no more.
 */
export async function keepBento(plan: RunPlan, { env, signal, onProgress }: StartOptions): Promise<void> {
  try {
    if ((await findBento(plan, plan.revision)) !== undefined) return;
    await mkdir(bentoHome(plan), { recursive: true });
    await buildBento(plan, { version: plan.revision, env, signal });
  } catch (error) {
    if (signal?.aborted) return;
    const line = `no bento is kept of ${plan.revision}: ${BerthError.from(error).message}`;
    onProgress?.(line);
    await mkdir(dirname(plan.logFile), { recursive: true });
    await appendFile(plan.logFile, `berth: ${line}\n`, { mode: 0o600 });
  }
}

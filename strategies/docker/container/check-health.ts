import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import { gone, ready, unresponsive } from '../../../src/runners/health.js';
import type { Health } from '../../../src/runners/runner.js';
import type { DockerHandle } from '../docker-handle.js';
import { isReportedUnhealthy, isServing, probeTimeout } from './probe-container.js';
import { needsWritableRoot } from './writable-root.js';

/** Milliseconds that an engine may take to notice that a container has ended: its port closes earlier. */
const exitDetectionTime = 1_000;

/** Probes the container's server. Asks the engine when the server does not answer, or is the image's own. */
export async function checkHealth(plan: RunPlan, handle: DockerHandle): Promise<Health> {
  if (handle.isReadOnly && (await needsWritableRoot(plan, handle.image)))
    return gone(
      'the software writes beside its code, and the container’s file system is read-only: a start makes it writable',
    );
  const isOurs = handle.tokenHash !== null;
  if (isOurs && (await isServing(handle))) return ready(`${handle.url} answers`);
  for (const deadline = Date.now() + exitDetectionTime; ; await sleep(50)) {
    const state = await inspect(handle);
    if (typeof state === 'string') return gone(state);
    const isUnhealthy = isReportedUnhealthy(state, isOurs);
    if (!isUnhealthy && (await isServing(handle)))
      return ready(`${handle.url} answers, container ${handle.container.slice(0, 12)} runs`);
    if (Date.now() < deadline) continue;
    const problem = isUnhealthy ? 'its own health check fails' : `did not answer within ${probeTimeout / 1000} s`;
    return unresponsive(`the container runs, but ${problem}`);
  }
}

/** Returns the container's state on the engine, or why it has none. */
async function inspect({
  container,
  engine: address,
}: DockerHandle): Promise<Docker.ContainerInspectInfo['State'] | string> {
  const [{ openEngine, ignoreMissing }, { describeExit }] = await Promise.all([
    import('../../../src/runners/containers/index.js'),
    import('./explain-exit.js'),
  ]);
  const engine = await openEngine(address);
  const details = await ignoreMissing(engine.getContainer(container).inspect());
  if (details === undefined) return `the container ${container.slice(0, 12)} does not exist any more`;
  return details.State.Running ? details.State : `the container ${describeExit(details.State)}`;
}

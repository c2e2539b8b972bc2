import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import { StateFile } from '../../../src/runners/state-file.js';
import type { DockerHandle } from '../docker-handle.js';

/** Engine of a revision. Written before the first request to the engine, so that an undo uses the same engine. */
export const engineRecord = new StateFile<{ address: string }>('engine.json');

/** Uses the recorded engine of a revision. Without a record, uses this process's engine, if it can be reached. */
export async function withEngine(plan: RunPlan, use: (engine: Docker) => Promise<void>): Promise<void> {
  const { findEngineAddress, openEngine } = await import('../../../src/runners/containers/index.js');
  const record = await engineRecord.read(plan);
  if (record !== undefined) return await use(await openEngine(record.address));
  const engine = await openEngine(findEngineAddress()).catch(() => undefined);
  if (engine !== undefined) await use(engine);
}

/** Finds the container that the handle names; without a handle, or when that one is gone, the revision's container. */
export async function findLogContainer(
  plan: RunPlan,
  handle: DockerHandle | undefined,
): Promise<Docker.Container | undefined> {
  const record = await engineRecord.read(plan);
  if (record === undefined) return undefined;
  const [{ openEngine, ignoreMissing }, { findContainer }] = await Promise.all([
    import('../../../src/runners/containers/index.js'),
    import('./revision-container.js'),
  ]);
  const engine = await openEngine(record.address);
  const named = handle && engine.getContainer(handle.container);
  if (named !== undefined && (await ignoreMissing(named.inspect())) !== undefined) return named;
  return (await findContainer(engine, plan))?.container;
}

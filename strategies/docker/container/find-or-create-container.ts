import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../../src/errors.js';
import { describeExit } from './explain-exit.js';
import { isReportedUnhealthy } from './probe-container.js';
import {
  type ContainerSpec,
  createContainer,
  type FoundContainer,
  findContainer,
  removeContainer,
} from './revision-container.js';
import type { StartContext } from './start-context.js';

/** Number of attempts of a start when another start was first. */
const maxAttempts = 40;

/** Returns the container of an earlier start, or a new one when there is none or it cannot be used. */
export async function findOrCreateContainer(
  { engine, address, plan, options, report }: StartContext,
  wanted: ContainerSpec,
): Promise<FoundContainer> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    options.signal?.throwIfAborted();
    const existing = await findContainer(engine, plan);
    if (existing !== undefined) {
      const problem = findProblem(existing, wanted);
      const name = `the container of an earlier start (${existing.details.Id.slice(0, 12)})`;
      if (problem === undefined) {
        options.onProgress?.(`${name} is there`);
        return existing;
      }
      await report(`${name} ${problem}: replacing it`);
      await removeContainer(existing.container, plan);
    }
    const created = await createContainer(engine, address, wanted);
    if (created !== undefined) return created;
    await sleep(50); // another start was first
  }
  throw new BerthError(
    'START_FAILED',
    `another start makes and removes the container of ${plan.deployment} ${plan.revision}`,
  );
}

/**
 * Says why a container cannot be used. A running one can be used, and one that was created but not started: its start
 * was interrupted, or is still in progress.
 */
function findProblem({ details }: FoundContainer, { image, software, isReadOnly }: ContainerSpec): string | undefined {
  const { Config, HostConfig, State } = details;
  if (Config.Image !== image) return 'is of another image';
  if (!State.Running && State.Status !== 'created') return describeExit(State);
  if (isReportedUnhealthy(State, software.serves !== undefined)) return 'fails its own health check';
  return HostConfig.ReadonlyRootfs && !isReadOnly ? 'has a read-only file system' : undefined;
}

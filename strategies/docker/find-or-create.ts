import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../../src/errors.js';
import { describeExit } from './explain-exit.js';
import { isCalledUnhealthy } from './probe.js';
import {
  createContainer,
  type FoundContainer,
  findContainer,
  removeContainer,
  type WantedContainer,
} from './revision-container.js';
import type { Start } from './start-revision.js';

/** Times that a start looks again because another one was first. */
const attempts = 40;

/** The revision's container: what an earlier start left, or, where there is none or it is of no use, a new one. */
export async function findOrCreate(
  { engine, address, plan, options, say }: Start,
  wanted: WantedContainer,
): Promise<FoundContainer> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    options.signal?.throwIfAborted();
    const there = await findContainer(engine, plan);
    if (there !== undefined) {
      const flaw = findFlaw(there, wanted);
      const name = `the container of an earlier start (${there.details.Id.slice(0, 12)})`;
      if (flaw === undefined) {
        options.onProgress?.(`${name} is there`);
        return there;
      }
      await say(`${name} ${flaw}: it is replaced`);
      await removeContainer(there.container, plan);
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

/** Why a container is of no use. None where it runs, or was made and not started: by a start that was cut off, or is at work. */
function findFlaw({ details }: FoundContainer, { image, software, isReadOnly }: WantedContainer): string | undefined {
  const { Config, HostConfig, State } = details;
  if (Config.Image !== image) return 'is of another image';
  if (!State.Running && State.Status !== 'created') return describeExit(State);
  if (isCalledUnhealthy(State, software.serves !== undefined)) return 'fails its own health check';
  return HostConfig.ReadonlyRootfs && !isReadOnly ? 'has a read-only file system' : undefined;
}

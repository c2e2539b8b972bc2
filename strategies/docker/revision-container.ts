import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import {
  archiveContainerLog,
  choosePublication,
  contentLabel,
  imageReference,
  orMissing,
  statusOf,
} from '../../src/runners/containers/index.js';
import { containerName, homeMark, imageName, labels, type Named } from './container-name.js';
import { type ContainerRequest, describeContainer, grace } from './container-settings.js';
import { explainRefusal } from './engine-refusal.js';

type Logged = Named & Pick<RunPlan, 'logFile'>;

/** What is known of a revision's container from the engine alone. */
export interface FoundContainer {
  container: Docker.Container;
  details: Docker.ContainerInspectInfo;
}

/** What a start decides of it; the rest is drawn when it is made. */
export type WantedContainer = Omit<ContainerRequest, 'token' | 'host'>;

/** The revision's container, alive or not. START_FAILED when one of that name belongs to another Berth. */
export async function findContainer(engine: Docker, plan: RunPlan): Promise<FoundContainer | undefined> {
  const name = containerName(plan);
  const details = await orMissing(engine.getContainer(name).inspect());
  if (details === undefined) return undefined;
  if (!isOwn(details, plan))
    throw new BerthError('START_FAILED', `a container ${name} that this Berth did not make is there`, {
      name: plan.deployment,
      evidence: `labels: ${JSON.stringify(details.Config.Labels)}`,
    });
  return { container: engine.getContainer(details.Id), details };
}

const isOwn = ({ Config }: Docker.ContainerInspectInfo, plan: RunPlan): boolean =>
  Config.Labels[labels.home] === homeMark(plan);

/** The same, and undefined also where another Berth has the name: there is nothing of this revision then. */
export async function findOwnContainer(engine: Docker, plan: RunPlan): Promise<Docker.Container | undefined> {
  const details = await orMissing(engine.getContainer(containerName(plan)).inspect());
  return details !== undefined && isOwn(details, plan) ? engine.getContainer(details.Id) : undefined;
}

/** Makes the container. Undefined when another start was first; else as `explainRefusal` says when the engine refuses it. */
export async function createContainer(
  engine: Docker,
  address: string,
  wanted: WantedContainer,
): Promise<FoundContainer | undefined> {
  const { listen } = choosePublication(address, wanted.plan);
  const request = { ...wanted, token: randomUUID(), host: listen };
  try {
    const container = await engine.createContainer(describeContainer(request));
    return { container, details: await container.inspect() };
  } catch (error) {
    if (statusOf(error) === 409) return undefined;
    throw explainRefusal(error, wanted.plan);
  }
}

/** Fails as `explainRefusal` says when the engine cannot start it. */
export async function startContainer(container: Docker.Container, plan: RunPlan): Promise<void> {
  try {
    await container.start();
  } catch (error) {
    if (statusOf(error) === 304) return; // it runs already
    throw explainRefusal(error, plan);
  }
}

/** Ends a container and removes it; what it printed is kept in the log. UNDO_INCOMPLETE when it is still there. */
export async function removeContainer(container: Docker.Container, plan: Logged, patience = grace): Promise<void> {
  await ignoring([304, 404], container.stop({ t: patience }));
  await ignoring([404, 409], archiveContainerLog(container, plan.logFile));
  await ignoring([404, 409], container.remove({ force: true, v: true })); // 409: somebody else is removing it
  for (let look = 0; look < 50; look += 1) {
    if ((await orMissing(container.inspect())) === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const name = containerName(plan);
  const message = `the container ${name} is still there; by hand: docker rm --force ${name}`;
  throw new BerthError('UNDO_INCOMPLETE', message, { name: plan.deployment });
}

/** Removes the names that this revision gave to images; an image goes with its last name. */
export async function removeImages(engine: Docker, plan: RunPlan): Promise<void> {
  for (const { RepoTags, Labels } of await engine.listImages({ filters: { label: [contentLabel] } }))
    for (const reference of (RepoTags ?? []).filter((tag) => tag === ownReference(plan, Labels)))
      await removeImage(engine, reference);
}

/** What the revision calls an image with these labels. */
export const ownReference = (plan: Named, labelled: Record<string, string>): string =>
  imageReference({ name: imageName(plan), owner: homeMark(plan), content: labelled[contentLabel] ?? '' });

export const removeImage = (engine: Docker, reference: string): Promise<void> =>
  ignoring([404], engine.getImage(reference).remove());

async function ignoring(statuses: number[], promise: Promise<unknown>): Promise<void> {
  await promise.catch((error) => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  });
}

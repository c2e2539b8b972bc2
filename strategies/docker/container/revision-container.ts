import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import {
  archiveContainerLog,
  buildImageReference,
  choosePublishedAddress,
  contentLabel,
  getStatusCode,
  ignoreMissing,
} from '../../../src/runners/containers/index.js';
import {
  containerName,
  homeMarks,
  imageName,
  labels,
  legacyContainerName,
  type RevisionIdentity,
} from './container-name.js';
import { type ContainerRequest, describeContainer, grace } from './describe-container.js';
import { explainEngineError, isPortTaken } from './explain-engine-error.js';

type LoggedRevision = RevisionIdentity & Pick<RunPlan, 'logFile'>;

/** Container of a revision, as the engine describes it. */
export interface FoundContainer {
  container: Docker.Container;
  details: Docker.ContainerInspectInfo;
}

/** Decisions of a start about its container. */
export type ContainerSpec = Omit<ContainerRequest, 'token' | 'host'>;

/** Finds the revision's container, alive or not. Ignores a container of another home, whatever its name. */
export async function findContainer(engine: Docker, plan: RunPlan): Promise<FoundContainer | undefined> {
  for (const name of [containerName(plan), legacyContainerName(plan)]) {
    const details = await ignoreMissing(engine.getContainer(name).inspect());
    if (details !== undefined && isOwnContainer(details.Config.Labels, plan))
      return { container: engine.getContainer(details.Id), details };
  }
  return undefined;
}

export const isOwnContainer = (labeled: Record<string, string>, plan: RevisionIdentity): boolean =>
  homeMarks(plan).includes(labeled[labels.home] ?? '');

/**
 * Creates the container. Returns undefined when another start was first.
 *
 * @throws START_FAILED when another program's container has its name; an error of `explainEngineError` when the engine
 * refuses it.
 */
export async function createContainer(
  engine: Docker,
  address: string,
  spec: ContainerSpec,
): Promise<FoundContainer | undefined> {
  const { listen } = choosePublishedAddress(address, spec.plan);
  const request = { ...spec, token: randomUUID(), host: listen };
  try {
    const container = await engine.createContainer(describeContainer(request));
    return { container, details: await container.inspect() };
  } catch (error) {
    if (getStatusCode(error) !== 409) throw explainEngineError(error, spec.plan);
    await refuseForeignContainer(engine, spec.plan);
    return undefined;
  }
}

async function refuseForeignContainer(engine: Docker, plan: RunPlan): Promise<void> {
  const name = containerName(plan);
  const details = await ignoreMissing(engine.getContainer(name).inspect());
  if (details === undefined || isOwnContainer(details.Config.Labels, plan)) return;
  throw new BerthError('START_FAILED', `another program's container has the name ${name}`, {
    name: plan.deployment,
    evidence: `labels: ${JSON.stringify(details.Config.Labels)}`,
  });
}

/**
 * Number of attempts to start: the engine assigns ports in order, without checking whether they are free, and gives up
 * after about ten that are taken.
 */
const maxStartAttempts = 10;

/** @throws an error of `explainEngineError` when the engine cannot start the container. */
export async function startContainer(container: Docker.Container, plan: RunPlan): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await container.start();
    } catch (error) {
      if (getStatusCode(error) === 304) return; // it is running already
      if (attempt < maxStartAttempts && isPortTaken(error)) continue;
      throw explainEngineError(error, plan);
    }
  }
}

/**
 * Stops and removes a container; its output stays in the log.
 *
 * @throws UNDO_INCOMPLETE when it still exists.
 */
export async function removeContainer(
  container: Docker.Container,
  plan: LoggedRevision,
  timeout = grace,
): Promise<void> {
  await ignoreStatuses([304, 404], container.stop({ t: timeout }));
  await ignoreStatuses([404, 409], archiveContainerLog(container, plan.logFile));
  await ignoreStatuses([404, 409], container.remove({ force: true, v: true })); // 409: another process is removing it
  let name = container.id;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const details = await ignoreMissing(container.inspect());
    if (details === undefined) return;
    name = details.Name.slice(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const message = `the container ${name} still exists; remove it: docker rm --force ${name}`;
  throw new BerthError('UNDO_INCOMPLETE', message, { name: plan.deployment });
}

/** Removes the names that this revision gave to images. An image goes with its last name. */
export async function removeImages(engine: Docker, plan: RunPlan): Promise<void> {
  for (const { RepoTags, Labels } of await engine.listImages({ filters: { label: [contentLabel] } }))
    for (const reference of (RepoTags ?? []).filter((tag) => isOwnImage(tag, plan, Labels)))
      await removeImage(engine, reference);
}

/** Tells whether the reference is the revision's name for an image with these labels. */
export const isOwnImage = (reference: string, plan: RevisionIdentity, labeled: Record<string, string>): boolean => {
  const image = { name: imageName(plan), content: labeled[contentLabel] ?? '' };
  return homeMarks(plan).some((owner) => reference === buildImageReference({ ...image, owner }));
};

export const removeImage = (engine: Docker, reference: string): Promise<void> =>
  ignoreStatuses([404], engine.getImage(reference).remove());

async function ignoreStatuses(statuses: number[], promise: Promise<unknown>): Promise<void> {
  await promise.catch((error) => {
    if (!statuses.includes(getStatusCode(error) ?? 0)) throw error;
  });
}

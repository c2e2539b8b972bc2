import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { BerthError } from '../../../src/errors.js';
import { hostsDirectory } from '../../../src/home/package-root.js';
import { choosePublishedAddress, ensureImage } from '../../../src/runners/containers/index.js';
import { findPredictPath } from '../../../src/runners/http/find-predict-path.js';
import { buildUrl } from '../../../src/runners/http/server-address.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import type { DockerHandle } from '../docker-handle.js';
import { type DockerInterface, parseDockerInterface } from '../docker-interface.js';
import { chooseBuildArguments } from '../image/build-arguments.js';
import { findRevisionImage, recordRevisionImage } from '../image/revision-image.js';
import { describeSkippedPackages } from '../image/skipped-packages.js';
import { chooseLimits } from './choose-limits.js';
import { homeMark, imageName, labels } from './container-name.js';
import { explainEarlyExit } from './explain-exit.js';
import { findOrCreateContainer } from './find-or-create-container.js';
import { isServing } from './probe-container.js';
import { readyContainer } from './readiness-record.js';
import { type ContainerSpec, removeContainer, startContainer } from './revision-container.js';
import type { StartContext } from './start-context.js';
import { isReadOnlyRootFailure, needsWritableRoot, recordWritableRoot } from './writable-root.js';

/** Seconds that the software may take to import, load its models and answer. */
const startTimeout = 900;
/** Seconds that a container which has answered before may take to answer again. */
const restartTimeout = 15;
/** Port of a server when neither its interface nor its image names one. */
const defaultPort = 8000;

/** Berth's host program, which goes into every image that a recipe describes. */
const hostPrograms = {
  '.berth/berth_host': join(hostsDirectory, 'python', 'berth_host'),
  '.berth/shims': join(hostsDirectory, 'python', 'shims'),
};

/** Builds the image and starts the container unless they exist, and waits until the container can be called. */
export async function startRevision(start: StartContext): Promise<DockerHandle> {
  const { engine, plan, options, report } = start;
  const software = parseDockerInterface(plan.runInterface);
  choosePublishedAddress(start.address, plan); // throws before anything is built
  const image = (await findRevisionImage(start, software.dockerfile)) ?? (await buildImage(start, software));
  const { limits, notes } = await chooseLimits(engine, plan, software);
  for (const note of notes) await report(note);
  const spec = { plan, software, image, port: await choosePort(engine, image, software), env: options.env, limits };
  if (software.serves === undefined) return await startAndWait(start, { ...spec, isReadOnly: false });
  if (!(await needsWritableRoot(plan, image)))
    try {
      return await startAndWait(start, { ...spec, isReadOnly: true });
    } catch (error) {
      if (!isReadOnlyError(error)) throw error;
    }
  await report('the software writes beside its code: its file system is left writable');
  const handle = await startAndWait(start, { ...spec, isReadOnly: false });
  await recordWritableRoot(plan, image);
  return handle;
}

async function buildImage({ engine, plan, options }: StartContext, software: DockerInterface): Promise<string> {
  const { signal, onProgress } = options;
  const image = await ensureImage({
    engine,
    directory: plan.directory,
    dockerfile: software.dockerfile,
    addedPrograms: software.serves === undefined ? {} : hostPrograms,
    name: imageName(plan),
    owner: homeMark(plan),
    buildArguments: chooseBuildArguments(software),
    env: options.env,
    logFile: plan.logFile,
    signal,
    onProgress,
  });
  await recordRevisionImage(plan, image);
  return image.reference;
}

async function choosePort(engine: Docker, image: string, { port }: DockerInterface): Promise<number> {
  if (port !== undefined) return port;
  const exposed = (await engine.getImage(image).inspect()).Config.ExposedPorts ?? {};
  const ports = Object.keys(exposed)
    .filter((text) => !text.endsWith('/udp'))
    .map((text) => Number.parseInt(text, 10));
  if (ports.length > 1)
    throw new BerthError(
      'START_FAILED',
      `the image exposes several ports (${ports.join(', ')}): say which is called with --entry :${ports[0]}/PATH`,
    );
  return ports[0] ?? defaultPort;
}

const isReadOnlyError = (error: unknown): boolean =>
  error instanceof BerthError && isReadOnlyRootFailure(error.details.evidence ?? '');

/** Takes over the container of an earlier start. Replaces one that has answered once and no longer answers. */
async function startAndWait(start: StartContext, spec: ContainerSpec): Promise<DockerHandle> {
  const { plan, options, report } = start;
  const { container, details } = await findOrCreateContainer(start, spec);
  const isReturning = (await readyContainer.read(plan))?.container === details.Id;
  try {
    if (!details.State.Running) await startContainer(container, plan);
    const handle = await waitForAnswer(start, spec, container, isReturning ? restartTimeout : startTimeout);
    await readyContainer.write(plan, { container: handle.container });
    return { ...handle, notes: await describeSkippedPackages(container) };
  } catch (error) {
    // The output of the failed start stays in the log.
    await removeContainer(container, plan, 0);
    if (!isReturning || options.signal?.aborted) throw error;
    await report(`it cannot be called and is replaced: ${BerthError.from(error).message}`);
    return await startAndWait(start, spec);
  }
}

async function waitForAnswer(
  start: StartContext,
  spec: ContainerSpec,
  container: Docker.Container,
  timeout: number,
): Promise<DockerHandle> {
  const { plan, address, options } = start;
  const { software, port, image } = spec;
  const published = `${port}/tcp`;
  const { signal } = options;
  let handle: DockerHandle | undefined;
  const isReady = async () => {
    const details = await container.inspect();
    if (!details.State.Running) throw await explainEarlyExit(container, details.State, plan);
    const token = details.Config.Labels[labels.token] ?? '';
    const binding = details.NetworkSettings.Ports[published]?.[0];
    if (binding === undefined) return false;
    const { call, displayAddress } = choosePublishedAddress(address, plan);
    const [url, endpoint] = [call, displayAddress].map((host) => buildUrl(host, Number(binding.HostPort))) as [
      string,
      string,
    ];
    const tokenHash = software.serves === undefined ? null : createHash('sha256').update(token).digest('hex');
    const healthPath = software.serves === undefined ? (software.health_path ?? null) : '/healthz';
    const probed = { url, healthPath, tokenHash };
    if (!(await isServing(probed))) return false;
    const predictPath = tokenHash !== null ? '/run' : (software.predict_path ?? (await findPredictPath(url)));
    const startedAt = new Date().toISOString();
    handle = {
      plan,
      ...probed,
      endpoint,
      startedAt,
      engine: address,
      container: details.Id,
      image,
      isReadOnly: details.HostConfig.ReadonlyRootfs === true,
      token,
      predictPath,
    };
    return true;
  };
  const description = `answer GET ${software.serves === undefined ? (software.health_path ?? '/') : '/healthz'} on port ${port}`;
  await waitUntilReady({ description, isReady }, { timeout, interval: 50, ...(signal && { signal }) });
  if (handle === undefined) throw new BerthError('INTERNAL', 'a container was ready without an address');
  return handle;
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { hostsDirectory } from '../../src/package-root.js';
import { choosePublication, ensureImage } from '../../src/runners/containers/index.js';
import { findPredictPath } from '../../src/runners/find-predict-path.js';
import { waitUntilReady } from '../../src/runners/readiness.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { urlOf } from '../../src/runners/server-address.js';
import { chooseBuildSettings } from './build-settings.js';
import { homeMark, imageName, labels } from './container-name.js';
import type { DockerHandle } from './docker-handle.js';
import { type DockerInterface, parseInterface } from './docker-interface.js';
import { explainEarlyEnd } from './explain-exit.js';
import { findOrCreate } from './find-or-create.js';
import { noteLeftOut } from './left-out-packages.js';
import { chooseLimits } from './limits.js';
import { findMadeImage, keepMadeImage } from './made-image.js';
import { isUp } from './probe.js';
import { noteReady, wasReady } from './ready-container.js';
import { removeContainer, startContainer, type WantedContainer } from './revision-container.js';
import { isFailedForReadOnlyRoot, needsWritableRoot, noteWritableRoot } from './writable-root.js';

export interface Start {
  engine: Docker;
  address: string;
  plan: RunPlan;
  options: StartOptions;
  /** One line for the person who waits, and for the log. */
  say: (line: string) => Promise<void>;
}

/** Seconds that the software has to import, load its models and answer. */
const startPatience = 900;
/** Seconds that a container which has answered before has to do so again. */
const returnPatience = 15;
/** Where a server listens when neither its interface nor its image says so. */
const usualPort = 8000;

/** Our host program, as every image of ours takes it in. */
const programs = {
  '.berth/berth_host': join(hostsDirectory, 'python', 'berth_host'),
  '.berth/shims': join(hostsDirectory, 'python', 'shims'),
};

/** Builds what is not built, starts what is not started, and waits until it can be called. */
export async function startRevision(start: Start): Promise<DockerHandle> {
  const { engine, plan, options, say } = start;
  const software = parseInterface(plan.runInterface);
  choosePublication(start.address, plan); // refused before anything is built
  const image = (await findMadeImage(start, software.dockerfile)) ?? (await buildImage(start, software));
  const { limits, notes } = await chooseLimits(engine, plan, software);
  for (const note of notes) await say(note);
  const wanted = { plan, software, image, port: await choosePort(engine, image, software), env: options.env, limits };
  if (software.serves === undefined) return await startOnce(start, { ...wanted, isReadOnly: false });
  if (!(await needsWritableRoot(plan, image)))
    try {
      return await startOnce(start, { ...wanted, isReadOnly: true });
    } catch (error) {
      if (!isReadOnlyProblem(error)) throw error;
    }
  await say('the software writes beside its code: its file system is left writable');
  const handle = await startOnce(start, { ...wanted, isReadOnly: false });
  await noteWritableRoot(plan, image);
  return handle;
}

async function buildImage({ engine, plan, options }: Start, software: DockerInterface): Promise<string> {
  const { signal, onProgress } = options;
  const image = await ensureImage({
    engine,
    directory: plan.directory,
    dockerfile: software.dockerfile,
    added: software.serves === undefined ? {} : programs,
    name: imageName(plan),
    owner: homeMark(plan),
    settings: chooseBuildSettings(software),
    env: options.env,
    logFile: plan.logFile,
    signal,
    onProgress,
  });
  await keepMadeImage(plan, image);
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
  return ports[0] ?? usualPort;
}

const isReadOnlyProblem = (error: unknown): boolean =>
  error instanceof BerthError && isFailedForReadOnlyRoot(error.details.evidence ?? '');

/** What an earlier start left is taken over; where it has answered once and does so no more, it is replaced. */
async function startOnce(start: Start, wanted: WantedContainer): Promise<DockerHandle> {
  const { plan, options, say } = start;
  const { container, details } = await findOrCreate(start, wanted);
  const isReturning = await wasReady(plan, details.Id);
  try {
    if (!details.State.Running) await startContainer(container, plan);
    const handle = await waitForAnswer(start, wanted, container, isReturning ? returnPatience : startPatience);
    await noteReady(plan, handle.container);
    return { ...handle, notes: await noteLeftOut(container) };
  } catch (error) {
    // What a failed start printed stays in the log. The reason to remove it at once: it is of no use.
    await removeContainer(container, plan, 0);
    if (!isReturning || options.signal?.aborted) throw error;
    await say(`it cannot be called and is replaced: ${BerthError.from(error).message}`);
    return await startOnce(start, wanted);
  }
}

async function waitForAnswer(
  start: Start,
  wanted: WantedContainer,
  container: Docker.Container,
  timeout: number,
): Promise<DockerHandle> {
  const { plan, address, options } = start;
  const { software, port, image } = wanted;
  const published = `${port}/tcp`;
  const { signal } = options;
  let handle: DockerHandle | undefined;
  const isReady = async () => {
    const details = await container.inspect();
    if (!details.State.Running) throw await explainEarlyEnd(container, details.State, plan);
    const token = details.Config.Labels[labels.token] ?? '';
    const binding = details.NetworkSettings.Ports[published]?.[0];
    if (binding === undefined) return false;
    const { call, shown } = choosePublication(address, plan);
    const [url, endpoint] = [call, shown].map((host) => urlOf(host, Number(binding.HostPort))) as [string, string];
    const tokenHash = software.serves === undefined ? null : createHash('sha256').update(token).digest('hex');
    const healthPath = software.serves === undefined ? (software.health_path ?? null) : '/healthz';
    const probed = { url, healthPath, tokenHash };
    if (!(await isUp(probed))) return false;
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

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BerthError } from '../../errors.js';
import { type ContextEntry, digestContext, listContext, listPrograms, packContext } from './build-context.js';
import { BuildLog } from './build-log.js';
import { describeUnusedSecrets, findBuildSecrets, findMountedVariables, findProxyArguments } from './build-secrets.js';
import { openBuildSession } from './build-session.js';
import { getStatusCode, hasBuildKit } from './engine.js';
import { findBaseImages } from './find-base-images.js';
import { buildCredentialsHeader, cacheCredentials } from './registry-credentials.js';

export interface BuildRequest {
  engine: Docker;
  /** The revision's code. */
  directory: string;
  /** Relative to it. */
  dockerfile: string;
  /** Programs of our own in the context: path → directory here. */
  addedPrograms: Record<string, string>;
  /** `berth/demo:r1`; a digest of content and owner is put behind it. */
  name: string;
  /** Whose name for the image it is: on one engine, others may give the same name to the same content. */
  owner?: string;
  /** Build arguments; the image records them. */
  buildArguments: Record<string, string>;
  /** Variables in clear, of which a step gets what it mounts: `RUN --mount=type=secret,id=NAME`. */
  env?: Record<string, string>;
  /** The build's words are appended to it. */
  logFile: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

export interface BuiltImage {
  reference: string;
  id: string;
  /** Digest of the revision's own part of the content, as `digestCode` tells it. */
  code: string;
  /** False when the same content had been built before. */
  isNew: boolean;
}

/** The label by which the image of a content is found again, whoever built it. */
export const contentLabel = 'berth.content';

/**
 * The image of this content, the images that it is built on included: found by its label, else built. Throws BUILD_FAILED
 * with the build's last words.
 */
export async function ensureImage(request: BuildRequest): Promise<BuiltImage> {
  const { engine, directory, dockerfile, addedPrograms, name, owner, buildArguments, onProgress } = request;
  const own = await listContext(directory, dockerfile);
  const file = own.find(({ path }) => path === dockerfile);
  if (file === undefined) throw new BerthError('BUILD_FAILED', `there is no ${dockerfile} to build an image from`);
  const text = await readFile(file.source, 'utf8');
  const base = await findBaseImages(engine, text, buildArguments);
  const programs = await listPrograms(addedPrograms);
  const code = await digestContext(own, [dockerfile]);
  const digest = await digestContext(programs, [code, JSON.stringify(buildArguments), JSON.stringify(base)]);
  const reference = buildImageReference({ name, owner, content: digest });
  const [known] = await engine.listImages({ filters: { label: [`${contentLabel}=${digest}`] } });
  if (known !== undefined && (await tagImage(engine, known.Id, reference))) {
    onProgress?.(`the image is there: ${reference}`);
    return { reference, id: known.Id, code, isNew: false };
  }
  await build(request, { text, images: Object.keys(base), entries: [...own, ...programs], digest, reference });
  const { Id: id } = await engine.getImage(reference).inspect();
  return { reference, id, code, isNew: true };
}

/** The same for the same code and Dockerfile, on whatever base and with whatever program of ours it is built. */
export const digestCode = async (directory: string, dockerfile: string): Promise<string> =>
  digestContext(await listContext(directory, dockerfile), [dockerfile]);

/** False when it is gone by now: whoever gave it its last name has taken that away. */
export async function tagImage(engine: Docker, id: string, reference: string): Promise<boolean> {
  try {
    await engine.getImage(id).tag(splitReference(reference));
    return true;
  } catch (error) {
    if (getStatusCode(error) === 404) return false;
    throw error;
  }
}

/** What this owner calls the image of this content. */
export function buildImageReference({
  name,
  owner = '',
  content,
}: {
  name: string;
  owner?: string | undefined;
  content: string;
}): string {
  const digest = createHash('sha256').update(`${owner}\n${content}`).digest('hex');
  return `${name}-${digest.slice(0, 12)}`;
}

function splitReference(reference: string): { repo: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

interface ImageContent {
  /** Of the Dockerfile. */
  text: string;
  /** That it names. */
  images: string[];
  entries: ContextEntry[];
  digest: string;
  reference: string;
}

async function build(request: BuildRequest, { text, images, entries, digest, reference }: ImageContent): Promise<void> {
  const { engine, dockerfile, buildArguments, env = {}, signal } = request;
  const hostSecrets = await findBuildSecrets();
  const mounted = findMountedVariables(text, env, hostSecrets);
  const log = new BuildLog(request, Object.values(mounted));
  const isBuildKit = await hasBuildKit(engine);
  const secrets = { ...hostSecrets, ...mounted };
  const note = describeUnusedSecrets(hostSecrets, { dockerfile: text, isBuildKit });
  if (note !== undefined) await log.report(note);
  const findCredentials = cacheCredentials((line) => log.report(line));
  const session = isBuildKit ? await openBuildSession(engine, { secrets, findCredentials }) : undefined;
  try {
    const query = {
      t: reference,
      dockerfile,
      buildargs: { ...findProxyArguments(), ...buildArguments },
      labels: { [contentLabel]: digest },
      ...(session === undefined ? { rm: true, forcerm: true } : { version: '2', session: session.id }),
    };
    const file = await packContext(entries, isBuildKit ? {} : { [dockerfile]: removeMounts(text) });
    const headers = isBuildKit ? {} : await buildCredentialsHeader(images, findCredentials);
    await log.follow(await requestBuild(engine, { file, query, headers, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw await log.toBuildError(error, images);
  } finally {
    session?.close();
  }
}

/** What only BuildKit understands, left out of a Dockerfile that works without it. */
const removeMounts = (text: string): string => text.replaceAll(/--mount=\S+\s*(\\\n\s*)?/g, '');

interface BuildHttpRequest {
  file: Readable;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  signal: AbortSignal | undefined;
}

/** dockerode's `buildImage` would open a session of its own, which knows no secrets. */
function requestBuild(engine: Docker, { file, query, headers, signal }: BuildHttpRequest): Promise<Readable> {
  const statusCodes = { 200: true, 400: 'bad parameter', 500: 'server error' };
  const request = { path: '/build?', method: 'POST', file, options: query, headers, isStream: true, statusCodes };
  return new Promise((resolve, reject) => {
    engine.modem.dial({ ...request, ...(signal && { abortSignal: signal }) }, (error, stream) => {
      if (error === null || error === undefined)
        resolve(stream as Readable); // isStream
      else reject(error);
    });
  });
}

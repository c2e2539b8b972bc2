import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BerthError } from '../../errors.js';
import { type ContextEntry, digestContext, listContext, listPrograms, packContext } from './build-context.js';
import { BuildLog } from './build-log.js';
import type { BuildRequest } from './build-request.js';
import { describeUnusedSecrets, findBuildSecrets, findMountedVariables, findProxyArguments } from './build-secrets.js';
import { openBuildSession } from './build-session.js';
import { getStatusCode, hasBuildKit } from './engine.js';
import { findBaseImages } from './find-base-images.js';
import { buildCredentialsHeader, cacheCredentials } from './registry-credentials.js';

export interface BuiltImage {
  reference: string;
  id: string;
  /** Digest of the revision's files, as `digestCode` returns it. */
  code: string;
  /** False if an image with the same content existed. */
  isNew: boolean;
}

/** Label with the digest of the content, which finds an image regardless of who built it. */
export const contentLabel = 'berth.content';

/**
 * Finds the image with this content and these base images by its label, or builds it.
 *
 * @throws BUILD_FAILED, ENV_MISSING when the build fails, or requires a variable. The evidence is the output of the
 * build.
 */
export async function ensureImage(request: BuildRequest): Promise<BuiltImage> {
  const { engine, directory, dockerfile, addedPrograms, name, owner, buildArguments, onProgress } = request;
  const context = await listContext(directory, dockerfile);
  const file = context.find(({ path }) => path === dockerfile);
  if (file === undefined) throw new BerthError('BUILD_FAILED', `there is no ${dockerfile} to build an image from`);
  const text = await readFile(file.source, 'utf8');
  const base = await findBaseImages(engine, text, buildArguments);
  const programs = await listPrograms(addedPrograms);
  const code = await digestContext(context, [dockerfile]);
  const digest = await digestContext(programs, [code, JSON.stringify(buildArguments), JSON.stringify(base)]);
  const reference = buildImageReference({ name, owner, content: digest });
  const [existing] = await engine.listImages({ filters: { label: [`${contentLabel}=${digest}`] } });
  if (existing !== undefined && (await tagImage(engine, existing.Id, reference))) {
    onProgress?.(`using the existing image ${reference}`);
    return { reference, id: existing.Id, code, isNew: false };
  }
  await build(request, { text, images: Object.keys(base), entries: [...context, ...programs], digest, reference });
  const { Id: id } = await engine.getImage(reference).inspect();
  return { reference, id, code, isNew: true };
}

/** Computes a digest of the code and the Dockerfile, independent of base images and Berth's programs. */
export const digestCode = async (directory: string, dockerfile: string): Promise<string> =>
  digestContext(await listContext(directory, dockerfile), [dockerfile]);

/** Tags an image. False if the image no longer exists, because its last name was removed. */
export async function tagImage(engine: Docker, id: string, reference: string): Promise<boolean> {
  try {
    await engine.getImage(id).tag(splitReference(reference));
    return true;
  } catch (error) {
    if (getStatusCode(error) === 404) return false;
    throw error;
  }
}

/** Builds the name that the owner gives to the image with this content. */
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
  /** Text of the Dockerfile. */
  text: string;
  /** Images that the Dockerfile names. */
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

/** Removes the mounts, which only BuildKit supports, from a Dockerfile. */
const removeMounts = (text: string): string => text.replaceAll(/--mount=\S+\s*(\\\n\s*)?/g, '');

interface BuildHttpRequest {
  file: Readable;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  signal: AbortSignal | undefined;
}

/** Requests a build. Not dockerode's `buildImage`, which opens its own session without secrets. */
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

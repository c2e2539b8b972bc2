import type Docker from 'dockerode';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { DockerHandle } from '../docker-handle.js';

/** Milliseconds that a healthy server has to answer its probe. */
export const probeTimeout = 2_000;

/** What a server that takes POST alone may answer to GET. */
const notImplementedStatus = 501;

/**
 * True when calls can be answered. Our host program says so itself, with this start's token; a server of the repository's own
 * by 2xx at its health path, or, where none is known, by speaking HTTP at all.
 */
export async function isServing({
  url,
  healthPath,
  tokenHash,
}: Pick<DockerHandle, 'url' | 'healthPath' | 'tokenHash'>): Promise<boolean> {
  const probed = url + (healthPath ?? '/');
  const reply = await callHttp({ url: probed, signal: AbortSignal.timeout(probeTimeout) }).catch(() => undefined);
  if (reply === undefined) return false;
  if (tokenHash !== null) return reply.status === 200 && reply.headers['berth-token'] === tokenHash;
  if (healthPath !== null) return reply.status >= 200 && reply.status < 300;
  return reply.status < 500 || reply.status === notImplementedStatus;
}

/** What the HEALTHCHECK of somebody else's image found. Our host program is asked itself, which is sooner known. */
export const isReportedUnhealthy = ({ Health }: Docker.ContainerInspectInfo['State'], isOurs: boolean): boolean =>
  !isOurs && Health?.Status === 'unhealthy';

import type Docker from 'dockerode';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { DockerHandle } from '../docker-handle.js';

/** Milliseconds that a healthy server has to answer its probe. */
export const probeTimeout = 2_000;

/** Status with which a server that only takes POST may answer GET. */
const notImplementedStatus = 501;

/**
 * Returns true when calls can be answered. Berth's host program proves it with this start's token; the image's own
 * server with 2xx at its health path, or, when that is unknown, by any HTTP reply below 500.
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

/**
 * Tells whether the HEALTHCHECK of the image reports a failure. Berth's host program is probed directly, which is
 * faster.
 */
export const isReportedUnhealthy = ({ Health }: Docker.ContainerInspectInfo['State'], isOurs: boolean): boolean =>
  !isOurs && Health?.Status === 'unhealthy';

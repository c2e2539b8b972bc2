import type { Handle } from '../../src/contract/handle.js';

/** Handle of a revision's container, and how to call it. */
export interface DockerHandle extends Handle {
  endpoint: string;
  /** Address at which this machine calls it. For an exposed server, `endpoint` is another address. */
  url: string;
  /** Address of the engine, in the form of `DOCKER_HOST`. */
  engine: string;
  container: string;
  image: string;
  /** True when the container's root file system is read-only. */
  isReadOnly: boolean;
  /** Random for each start. */
  token: string;
  /** Hash by which Berth's host program identifies itself; null when the image has its own server. */
  tokenHash: string | null;
  predictPath: string;
  healthPath: string | null;
}

import type { Handle } from '../../src/contract/handle.js';

/** What `start` adds to the handle: the container, and how it is called. */
export interface DockerHandle extends Handle {
  endpoint: string;
  /** Where this machine calls it, which of an exposed one is not what a person is told. */
  url: string;
  /** Address of the engine, as `DOCKER_HOST` writes it. */
  engine: string;
  container: string;
  image: string;
  /** Of its root file system. */
  isReadOnly: boolean;
  /** Drawn anew at each start. */
  token: string;
  /** What our host program says of itself; null when the image is a server of its own. */
  tokenHash: string | null;
  predictPath: string;
  healthPath: string | null;
}

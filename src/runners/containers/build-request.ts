import type Docker from 'dockerode';

export interface BuildRequest {
  engine: Docker;
  /** Code of the revision. */
  directory: string;
  /** Path relative to the directory. */
  dockerfile: string;
  /** Programs of Berth in the context: path → directory on this machine. */
  addedPrograms: Record<string, string>;
  /** `berth/demo:r1`. A digest of content and owner is appended. */
  name: string;
  /** Owner of the image name. Distinguishes homes on one engine that use the same name for the same content. */
  owner?: string;
  /** Build arguments, which the image records. */
  buildArguments: Record<string, string>;
  /** Variables in plain text. A step gets those that it mounts: `RUN --mount=type=secret,id=NAME`. */
  env?: Record<string, string>;
  /** The output of the build is appended to this file. */
  logFile: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

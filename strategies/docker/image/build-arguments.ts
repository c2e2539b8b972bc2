import type { DockerInterface } from '../docker-interface.js';

/** Build arguments of the next build. On what our own Dockerfile builds, the worker's environment may say. */
export function chooseBuildArguments({ serves }: DockerInterface): Record<string, string> {
  const base = process.env.BERTH_DOCKER_BASE;
  return base && serves !== undefined ? { BASE: base } : {};
}

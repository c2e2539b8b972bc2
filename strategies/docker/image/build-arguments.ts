import type { DockerInterface } from '../docker-interface.js';

/** Returns the build arguments. The worker's environment can replace the base of images that a recipe describes. */
export function chooseBuildArguments({ serves }: DockerInterface): Record<string, string> {
  const base = process.env.BERTH_DOCKER_BASE;
  return base && serves !== undefined ? { BASE: base } : {};
}

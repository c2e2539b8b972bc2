import * as z from 'zod';
import { FunctionInterface, type RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';

const HttpPath = z.string().regex(/^\/\S*$/, 'is a path that begins with /');

/**
 * How a container is called. With `serves`, our host program is in it and calls that function; without, the image is a
 * server of its own, called by POST to `predict_path` (where it is absent, the one that the server's OpenAPI names).
 */
export const DockerInterface = z.looseObject({
  type: z.literal('http'),
  dockerfile: z.string().min(1).default('Dockerfile'),
  /** Where the server listens in the container; the one that the image exposes when absent. */
  port: z.number().int().min(1).max(65_535).optional(),
  predict_path: HttpPath.optional(),
  health_path: HttpPath.optional(),
  serves: FunctionInterface.optional(),
});
export type DockerInterface = z.infer<typeof DockerInterface>;

/** ADAPTATION_FAILED when a run interface is not one of this strategy. */
export function parseDockerInterface(runInterface: RunInterface): DockerInterface {
  const { success, data, error } = DockerInterface.safeParse(runInterface);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
  const evidence = JSON.stringify(runInterface);
  throw new BerthError('ADAPTATION_FAILED', `the run interface is no container’s: ${problems}`, { evidence });
}

import * as z from 'zod';
import { FunctionInterface, type RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';

const HttpPath = z.string().regex(/^\/\S*$/, 'is a path that begins with /');

/**
 * Run interface of a container. With `serves`, Berth's host program in the container calls that function. Without it,
 * the image has its own server, called by POST to `predict_path` (by default the path that the server's OpenAPI names).
 */
export const DockerInterface = z.looseObject({
  type: z.literal('http'),
  dockerfile: z.string().min(1).default('Dockerfile'),
  /** Port of the server in the container; by default the port that the image exposes. */
  port: z.number().int().min(1).max(65_535).optional(),
  predict_path: HttpPath.optional(),
  health_path: HttpPath.optional(),
  serves: FunctionInterface.optional(),
});
export type DockerInterface = z.infer<typeof DockerInterface>;

/** @throws ADAPTATION_FAILED when the run interface is not one of this strategy. */
export function parseDockerInterface(runInterface: RunInterface): DockerInterface {
  const { success, data, error } = DockerInterface.safeParse(runInterface);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
  const evidence = JSON.stringify(runInterface);
  throw new BerthError('ADAPTATION_FAILED', `the run interface is not valid for the docker strategy: ${problems}`, {
    evidence,
  });
}

import { BerthError } from '../../../src/errors.js';
import { choosePredictPath } from '../../../src/runners/http/find-predict-path.js';
import type { Routes } from './http-routes.js';

const healthPaths = ['/healthz', '/health', '/readyz', '/ready', '/livez', '/ping'];

/**
 * Returns the path that takes inputs: the user's, otherwise the one that the code shows. Absent when only the server's
 * OpenAPI names it.
 */
export function chooseRoute(
  routes: Routes,
  entry: string | undefined,
): { predict_path?: string; health_path?: string } {
  const health = healthPaths.find((path) => [...routes.get, ...routes.named].includes(path));
  const named = routes.named.filter((path) => path !== '/' && !healthPaths.includes(path));
  const predict =
    entry ?? choosePredictPath(routes.post) ?? (routes.post.length === 0 ? choosePredictPath(named) : undefined);
  if (predict === undefined && routes.post.length > 1) throw ambiguous(routes.post);
  return {
    ...(predict !== undefined && { predict_path: predict }),
    ...(health !== undefined && { health_path: health }),
  };
}

function ambiguous(paths: string[]): BerthError {
  const lines = paths.map((path) => `  --entry ${path}`);
  const message = [`${paths.length} paths take inputs; name the one to call:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { entry: paths[0], candidates: paths });
}

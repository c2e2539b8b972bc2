import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../../src/errors.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { chooseRoute } from './choose-route.js';
import { type HttpEntry, parseHttpEntry } from './http-entry.js';
import { findRoutes } from './http-routes.js';

/** Builds and calls a repository with its own Dockerfile that starts an HTTP server, in any language. */
export const ownDockerfile: Recipe = {
  name: 'own-dockerfile',
  async recognize({ workspace, facts, entry }) {
    const named = parseHttpEntry(entry);
    if (entry !== undefined && named === undefined) return undefined;
    if (!(await exists(join(workspace, 'Dockerfile')))) return undefined;
    const routes = await findRoutes(workspace);
    const isServer = facts.exposes.length > 0 || named !== undefined || routes.post.length > 0;
    if (!isServer) return undefined;
    const route = chooseRoute(routes, named?.path);
    const port = choosePort(facts.exposes, named, route.predict_path);
    const called = route.predict_path ?? 'the path that its OpenAPI names';
    return {
      summary: `recognized a server in the repository’s own Dockerfile, called at ${called}`,
      runInterface: { type: 'http', dockerfile: 'Dockerfile', ...route, ...(port !== undefined && { port }) },
      files: {},
    };
  },
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Returns undefined when only the image knows the port.
 *
 * @throws ENTRY_AMBIGUOUS when the Dockerfile exposes several.
 */
function choosePort(exposed: number[], named: HttpEntry | undefined, path = '/PATH'): number | undefined {
  if (named?.port !== undefined || exposed.length <= 1) return named?.port ?? exposed[0];
  const candidates = exposed.map((port) => `:${port}${path}`);
  const lines = candidates.map((candidate) => `  --entry ${candidate}`);
  const message = [`the Dockerfile exposes ${exposed.length} ports; name the port and path to call:`, ...lines].join(
    '\n',
  );
  throw new BerthError('ENTRY_AMBIGUOUS', message, { entry: candidates[0], candidates });
}

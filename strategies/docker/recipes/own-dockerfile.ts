import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from '../../../src/adaptation/recipe.js';
import { chooseRoute, isPath } from './choose-route.js';
import { findRoutes } from './http-routes.js';

/** A repository whose own Dockerfile starts an HTTP server, in whatever language: it is built and called as it is. */
export const ownDockerfile: Recipe = {
  name: 'own-dockerfile',
  async recognise({ workspace, entry }) {
    if (entry !== undefined && !isPath(entry)) return undefined;
    const text = await readFile(join(workspace, 'Dockerfile'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const port = findExposedPort(text);
    const routes = await findRoutes(workspace);
    if (port === undefined && entry === undefined && routes.post.length === 0) return undefined; // nothing says that it serves
    const route = chooseRoute(routes, entry);
    const called = route.predict_path ?? 'the path that its OpenAPI names';
    return {
      summary: `recognised a server in the repository’s own Dockerfile, called at ${called}`,
      runInterface: { type: 'http', dockerfile: 'Dockerfile', ...route, ...(port !== undefined && { port }) },
      files: {},
    };
  },
};

/** The one port that the last stage exposes; undefined when it exposes none or several, or one that only the build knows. */
export function findExposedPort(dockerfile: string): number | undefined {
  const lastStage = dockerfile.split(/^\s*FROM\s/im).at(-1) ?? '';
  const ports = [...lastStage.matchAll(/^\s*EXPOSE\s+(.+)$/gim)]
    .flatMap(([, written = '']) => written.trim().split(/\s+/))
    .filter((written) => /^\d+(\/tcp)?$/.test(written))
    .map((written) => Number.parseInt(written, 10));
  return ports.length === 1 ? ports[0] : undefined;
}

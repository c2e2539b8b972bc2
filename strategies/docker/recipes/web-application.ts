import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../../../src/contract/facts.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { chooseRoute } from './choose-route.js';
import { parseHttpEntry } from './http-entry.js';
import { findRoutes } from './http-routes.js';
import { describePythonImage } from './python-image.js';

const port = 8000;

/** Connects to the port: the application may answer no GET, and slim images lack curl. */
const healthCheckScript = `import socket; socket.create_connection(("127.0.0.1", ${port}), 5).close()`;

interface Framework {
  /** Matches the creation of the application at the top of a module. */
  pattern: RegExp;
  server: string;
  command: (application: string) => string[];
}

const frameworks: Record<string, Framework> = {
  fastapi: {
    pattern: /^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:fastapi\.)?FastAPI\(/m,
    server: 'uvicorn',
    command: (application) => ['uvicorn', application, '--host', '0.0.0.0', '--port', String(port)],
  },
  flask: {
    pattern: /^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:flask\.)?Flask\(/m,
    server: 'gunicorn',
    command: (application) => ['gunicorn', '--bind', `0.0.0.0:${port}`, '--threads', '8', application],
  },
};

/** Serves a FastAPI or Flask application with the server that its documentation recommends. */
export const webApplication: Recipe = {
  name: 'web-application',
  async recognize(input) {
    const { workspace, facts, entry } = input;
    const named = parseHttpEntry(entry);
    if (entry !== undefined && named === undefined) return undefined;
    if (named?.port !== undefined) return undefined; // Berth chooses the port
    const found = await findApplication(workspace, facts);
    if (found === undefined) return undefined;
    const { framework, file, application } = found;
    const route = chooseRoute(await findRoutes(workspace), named?.path);
    const isThere = facts.dependencies.some(({ name }) => name === framework.server);
    const image = await describePythonImage(input, {
      port,
      healthCheck: ['python', '-c', healthCheckScript],
      command: framework.command(application),
      hasHost: false,
      packages: isThere ? [] : [framework.server],
      entry: file,
    });
    return {
      summary: `recognized the web application \`${application}\` in ${file}; ${image.summary}`,
      runInterface: { type: 'http', dockerfile: image.dockerfile, port, ...route },
      files: image.files,
    };
  },
};

interface FoundApplication {
  framework: Framework;
  file: string;
  /** Reference to the application: `module:name`. */
  application: string;
}

async function findApplication(workspace: string, facts: Facts): Promise<FoundApplication | undefined> {
  const used = facts.frameworks.flatMap(({ name }) => frameworks[name] ?? []);
  const files = [...new Set(facts.entryPoints.filter(({ root }) => root === '.').map(({ file }) => file))];
  for (const framework of used)
    for (const file of files) {
      const name = framework.pattern.exec(await readFile(join(workspace, file), 'utf8'))?.[1];
      const module = facts.entryPoints.find((found) => found.file === file)?.module;
      if (name !== undefined && module !== undefined) return { framework, file, application: `${module}:${name}` };
    }
  return undefined;
}

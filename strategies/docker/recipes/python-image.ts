import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { listPythonRequirements, listVersionVariables, readRequirements } from '../../../src/environments/index.js';
import type { RecipeInput } from '../../../src/registry/recipe.js';
import { readWorkspaceHistory } from '../../../src/workspaces/source-history.js';
import { choosePythonBase } from './choose-python-base.js';
import { describeDependencies } from './dependency-layers.js';

export interface ImageOptions {
  port: number;
  /** Command that exits with 0 when the server is ready. */
  healthCheck: string[];
  command: string[];
  /** True when the image contains Berth's host program. */
  hasHost: boolean;
  /** Requirement lines in addition to the repository's own. */
  packages: string[];
  /** File that is served, relative to the workspace. */
  entry: string | null;
}

export interface PythonImage {
  dockerfile: string;
  files: Record<string, string>;
  summary: string;
}

const ignoredPaths = ['.git', '.venv', 'venv', '**/__pycache__', '.env*', '*.egg-info', 'node_modules', ''].join('\n');

/** Describes the Dockerfile of a Python repository. Uses another file name when the repository has a Dockerfile. */
export async function describePythonImage(
  { workspace, facts }: RecipeInput,
  options: ImageOptions,
): Promise<PythonImage> {
  const has = (file: string) =>
    access(join(workspace, file)).then(
      () => true,
      () => false,
    );
  const read = (pythonVersion?: string) =>
    readRequirements(workspace, facts, {
      strategyRequirements: options.packages,
      entry: options.entry,
      pythonVersion,
    });
  const unversioned = await read();
  const base = choosePythonBase(listPythonRequirements(facts, unversioned));
  const requirements = unversioned.dependsOnPython ? await read(base.version) : unversioned;
  const history = await readWorkspaceHistory(workspace);
  const versions = await listVersionVariables({ directory: workspace, requirements, history });
  const dependencies = describeDependencies({ facts, requirements, versions });
  const dockerfile = (await has('Dockerfile')) ? 'Dockerfile.berth' : 'Dockerfile';
  const text = writeDockerfile(base.image, dependencies, options);
  const ignoreFile = (await has('.dockerignore')) ? {} : { '.dockerignore': ignoredPaths };
  return {
    dockerfile,
    files: { [dockerfile]: text, ...dependencies.files, ...ignoreFile },
    summary: `wrote a ${dockerfile} on ${base.image}${base.note === null ? '' : ` (${base.note})`}`,
  };
}

type Layers = ReturnType<typeof describeDependencies>;

function writeDockerfile(base: string, { system, before, after }: Layers, options: ImageOptions): string {
  const { hasHost, port, healthCheck, command } = options;
  const blocks = [
    [
      ...(hasHost ? ['# Berth adds `.berth` to the build: the program that serves the code over HTTP.'] : []),
      `ARG BASE=${base}`,
      'FROM $BASE',
      'ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore',
      'RUN useradd --uid 10001 --create-home berth && install --directory --owner berth /app',
      'WORKDIR /app',
    ],
    system,
    before,
    // The user owns the code, for software that writes next to it. The container's root decides whether it may.
    ['COPY --chown=berth . .', ...after],
    [
      ...(hasHost ? ['COPY .berth /opt/berth', 'ENV HOME=/tmp'] : []),
      'USER berth',
      `EXPOSE ${port}`,
      `HEALTHCHECK --start-period=15m CMD ${JSON.stringify(healthCheck)}`,
      `CMD ${JSON.stringify(command)}`,
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

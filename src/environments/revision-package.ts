import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BerthHome } from '../home.js';
import { buildDirectory } from './build-directory.js';
import { buildEnvironment } from './child-environment.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { findUv } from './find-uv.js';
import { digestOf } from './records.js';
import { runCommand } from './run-command.js';
import type { SharedEnvironment } from './shared-environment.js';
import type { SourceCopy } from './source-copy.js';
import { explainUvFailure } from './uv-failure.js';

export interface PackageRequest {
  home: BerthHome;
  /** Projects to install, relative to the repository; `.` is the repository itself. */
  projects: string[];
  packageName: string | null;
  directory: string;
  packageDirectory: string;
  environment: SharedEnvironment;
  interpreter: ChosenInterpreter;
  copy: SourceCopy;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Installs the repository's own package beside the shared environment, which knows no repository. It is built from a
 * copy, so that no build artefact lands in the revision. Throws DEPENDENCY_INSTALL.
 */
export async function installPackage(request: PackageRequest): Promise<void> {
  const { directory, packageDirectory, environment, projects } = request;
  const digest = digestOf([environment.digest, ...projects, ...(await describeFiles(directory))]);
  const isComplete = async () => (await readFile(marker(packageDirectory), 'utf8').catch(() => '')) === digest;
  if (await isComplete()) return;
  request.onProgress?.('installing the repository’s own package');
  await buildDirectory({
    directory: packageDirectory,
    isComplete,
    build: async (building) => {
      await install(building, request);
      await writeFile(marker(building), digest);
    },
  });
}

const marker = (directory: string): string => join(directory, '.berth-complete');

/** Path, size and time of each file: a revision does not change, so this only notices that it was exported anew. */
async function describeFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && basename(entry.parentPath) !== '__pycache__');
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return await Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await lstat(path);
      return `${path} ${size} ${mtimeMs}`;
    }),
  );
}

async function install(building: string, request: PackageRequest): Promise<void> {
  const { home, projects, environment, interpreter, packageName, signal, onProgress } = request;
  const uv = await findUv(home, { signal, onProgress });
  const cwd = await request.copy.path();
  const paths = projects.map((project) => `./${project}`);
  const target = ['--target', building, '--python', environment.python];
  const argv: [string, ...string[]] = [
    uv,
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--reinstall',
    ...target,
    ...paths,
  ];
  if (interpreter.claimedVersion !== null) argv.push('--python-version', interpreter.claimedVersion);
  const env = {
    ...buildEnvironment(request.directory),
    ...(request.copy.hasHistory ? {} : versionWithoutHistory(packageName)),
  };
  const result = await runCommand({ argv, cwd, env, signal });
  if (result.exitCode === 0) return;
  throw explainUvFailure(result, 'DEPENDENCY_INSTALL', 'the repository’s own package could not be installed');
}

/** Where a copy could be given no history, setuptools-scm reads this instead. */
function versionWithoutHistory(packageName: string | null): Record<string, string> {
  if (packageName === null) return {};
  const name = packageName.toUpperCase().replaceAll(/[-_.]+/g, '_');
  return { [`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name}`]: '0.0.0' };
}

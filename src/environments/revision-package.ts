import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BerthHome } from '../home.js';
import { readRevisionHistory } from '../workspaces/source-history.js';
import { buildDirectory } from './build-directory.js';
import { runBuildingUv } from './build-with-older-tools.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { digestOf } from './records.js';
import type { SharedEnvironment } from './shared-environment.js';
import type { SourceCopy } from './source-copy.js';
import { explainUvFailure } from './uv-failure.js';

export interface PackageRequest {
  home: BerthHome;
  /** Projects to install, relative to the repository; `.` is the repository itself. */
  projects: string[];
  /** Variables of the build. */
  env: Record<string, string>;
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
  const { directory, packageDirectory, environment, projects, env } = request;
  const history = await readRevisionHistory(directory);
  const told = JSON.stringify([history ?? null, env]);
  const digest = digestOf([environment.digest, ...projects, told, ...(await describeFiles(directory))]);
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
  const { home, directory, projects, environment, interpreter, env, signal, onProgress } = request;
  const cwd = await request.copy.path();
  const paths = projects.map((project) => `./${project}`);
  const args = ['pip', 'install', '--quiet', '--no-deps', '--reinstall', '--target', building];
  args.push('--python', environment.python, ...paths);
  if (interpreter.claimedVersion !== null) args.push('--python-version', interpreter.claimedVersion);
  const result = await runBuildingUv({ home, args, cwd, directory, env, scratch: building, signal, onProgress });
  if (result.exitCode === 0) return;
  throw explainUvFailure(result, 'DEPENDENCY_INSTALL', 'the repository’s own package could not be installed');
}

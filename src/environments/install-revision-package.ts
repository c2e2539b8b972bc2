import { lstat, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { readRevisionHistory } from '../workspaces/source-history.js';
import { buildDirectory } from './build-directory.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { explainUvFailure } from './explain-uv-failure.js';
import { describeMissingCode, findMissingCode } from './missing-code.js';
import { digestTexts, readRecord } from './records.js';
import { runUvBuild } from './run-uv-build.js';
import type { SharedEnvironment } from './shared-environment.js';
import type { SourceCopy } from './source-copy.js';

export interface PackageRequest {
  home: BerthHome;
  /** Packages of the repository, as relative directories; `.` is the repository itself. */
  packages: string[];
  /** Projects and archives that a requirement names by path: relative to the repository, or absolute. */
  required: string[];
  /** Values to redact from output. */
  secrets: string[];
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

export interface InstalledPackage {
  /** Null when nothing was installed. */
  packageDirectory: string | null;
  notes: string[];
}

/**
 * Installs the repository's own packages outside of the shared environment. Builds them from a copy, so that the revision
 * stays unchanged. Skips a package whose build backend finds no code; that code is imported from the repository.
 *
 * @throws DEPENDENCY_INSTALL when a package cannot be built.
 */
export async function installRevisionPackage(request: PackageRequest): Promise<InstalledPackage> {
  const { directory, packageDirectory, environment, env } = request;
  const projects = listProjects(request);
  if (projects.length === 0) {
    await rm(packageDirectory, { recursive: true, force: true });
    return { packageDirectory: null, notes: [] };
  }
  const history = await readRevisionHistory(directory);
  const versionInputs = JSON.stringify([history ?? null, env]);
  // uv reports a missing file better than lstat.
  const outside = await Promise.all(projects.filter(isAbsolute).map((path) => describeFile(path).catch(() => path)));
  const digest = digestTexts([
    environment.digest,
    ...projects,
    versionInputs,
    ...outside,
    ...(await describeFiles(directory)),
  ]);
  const readMarker = () => readRecord<CompletionMarker>(markerPath(packageDirectory));
  const isComplete = async () => (await readMarker())?.digest === digest;
  if (!(await isComplete())) {
    request.onProgress?.('installing the repository’s own package');
    await buildDirectory({
      directory: packageDirectory,
      isComplete,
      build: async (building) => {
        const marker: CompletionMarker = { digest, skipped: await install(building, request) };
        await writeFile(markerPath(building), JSON.stringify(marker));
      },
    });
  }
  const skipped = (await readMarker())?.skipped ?? [];
  return {
    packageDirectory: skipped.length === projects.length ? null : packageDirectory,
    notes: [...new Set(skipped.map(describeMissingCode))],
  };
}

const listProjects = ({ packages, required }: PackageRequest): string[] => [...new Set([...packages, ...required])];

/** Record of an installation, with the build backend's message for each skipped package. */
interface CompletionMarker {
  digest: string;
  skipped: string[];
}

const markerPath = (directory: string): string => join(directory, '.berth-complete');

/** Lists path, size and time of each file. Revisions do not change, so this only detects a repeated export. */
async function describeFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && basename(entry.parentPath) !== '__pycache__');
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return await Promise.all(paths.map(describeFile));
}

async function describeFile(path: string): Promise<string> {
  const { size, mtimeMs } = await lstat(path);
  return `${path} ${size} ${mtimeMs}`;
}

/** Installs all projects. Returns the build backend's message for each skipped package. */
async function install(building: string, request: PackageRequest): Promise<string[]> {
  const { home, directory, environment, interpreter, required, env, secrets, signal, onProgress } = request;
  const cwd = await request.copy.ensurePath();
  const args = ['pip', 'install', '--quiet', '--no-deps', '--reinstall', '--target', building];
  args.push('--python', environment.python);
  if (interpreter.claimedVersion !== null) args.push('--python-version', interpreter.claimedVersion);
  const call = { home, cwd, directory, env, secrets, scratch: building, signal, onProgress };
  const skipped: string[] = [];
  for (const project of listProjects(request)) {
    const result = await runUvBuild({ ...call, args: [...args, isAbsolute(project) ? project : `./${project}`] });
    if (result.exitCode === 0) continue;
    // A requirement by path states that there is a package.
    const message = required.includes(project) ? undefined : findMissingCode(result.output);
    if (message === undefined)
      throw explainUvFailure(result, 'DEPENDENCY_INSTALL', 'cannot install the repository’s own package');
    skipped.push(message);
  }
  return skipped;
}

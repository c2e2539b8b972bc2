import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { createChildEnvironment } from './child-environment.js';
import { createScratchDirectory } from './create-scratch-directory.js';
import { type CommandResult, runCommand } from './run-command.js';

/** First version of uv that writes `pylock.toml` in a stable form. */
const minVersion: [number, number] = [0, 7];

export interface FindUvOptions {
  /** Version to install if uv is missing; the newest when absent. */
  version?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Finds a working uv on the PATH or in `$BERTH_HOME/bin`; otherwise installs it there from the package index.
 *
 * @throws TOOL_MISSING when uv is missing and cannot be installed.
 */
export async function findUv(home: BerthHome, options: FindUvOptions = {}): Promise<string> {
  const installPath = join(home.bin, 'uv');
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, 'uv'));
  for (const candidate of [...onPath, installPath]) {
    if (await isWorking(candidate, home, options.signal)) return candidate;
  }
  options.onProgress?.('installing uv from the package index (once)');
  await installUv(installPath, home, options);
  return installPath;
}

async function isWorking(candidate: string, home: BerthHome, signal: AbortSignal | undefined): Promise<boolean> {
  const isExecutable = await access(candidate, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isExecutable) return false;
  await mkdir(home.root, { recursive: true });
  const { stdout, exitCode } = await run([candidate, '--version'], home.root, signal);
  const [, major, minor] = /^uv (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (exitCode !== 0 || major === undefined || minor === undefined) return false;
  return Number(major) > minVersion[0] || Number(minor) >= minVersion[1];
}

/** Installs uv. Safe to run concurrently: each call uses its own directory, and the final rename is atomic. */
async function installUv(target: string, home: BerthHome, { version, signal }: FindUvOptions): Promise<void> {
  const building = await createScratchDirectory(home.bin, 'uv');
  try {
    const failures: CommandResult[] = [];
    const requirement = version === undefined ? 'uv' : `uv==${version}`;
    for (const attempt of [installWithPip, installWithVenv]) {
      const failure = await attempt(requirement, building, signal);
      if (failure === undefined) return await rename(join(building, 'bin', 'uv'), target);
      failures.push(failure);
    }
    throw new BerthError(
      'TOOL_MISSING',
      'uv is not on the PATH and could not be installed from the package index: install it (https://docs.astral.sh/uv), or install Python 3 with pip',
      { tool: 'uv', evidence: failures.map(({ command, output }) => `$ ${command}\n${output.trim()}`).join('\n') },
    );
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Installs uv with pip into `bin`. uv is a single file that can be moved from there. */
async function installWithPip(
  requirement: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<CommandResult | undefined> {
  const result = await run(
    ['python3', '-m', 'pip', 'install', '--quiet', '--target', directory, requirement],
    directory,
    signal,
  );
  return result.exitCode === 0 ? undefined : result;
}

/** Installs uv with a virtual environment, for a Python without pip. */
async function installWithVenv(
  requirement: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<CommandResult | undefined> {
  const created = await run(['python3', '-m', 'venv', '--clear', directory], directory, signal);
  if (created.exitCode !== 0) return created;
  const python = join(directory, 'bin', 'python');
  const installed = await run([python, '-m', 'pip', 'install', '--quiet', requirement], directory, signal);
  return installed.exitCode === 0 ? undefined : installed;
}

/** Runs a command with pip's own variables, because pip itself uses them here. */
function run(argv: [string, ...string[]], cwd: string, signal: AbortSignal | undefined): Promise<CommandResult> {
  const pip = Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith('PIP_'));
  return runCommand({
    argv,
    cwd,
    env: { ...createChildEnvironment(), ...Object.fromEntries(pip) },
    timeout: 300,
    signal,
  });
}

import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BerthError } from '../errors.js';
import { proxiedFetch } from '../network/proxied-fetch.js';

/** The newest version that `go install` accepts; the download has the same one, because databases differ by version. */
export const temporalVersion = '1.5.1';

interface Installation {
  /** Target directory of `temporal`. */
  directory: string;
  /** Origin of Temporal's official downloads. */
  origin?: string;
  onProgress?: (line: string) => void;
}

/**
 * Downloads the Temporal CLI, or builds it with Go, and installs it atomically. Returns its path. Requires the
 * stack's lock.
 *
 * @throws TOOL_MISSING, with the evidence of both attempts, when both fail.
 */
export async function installTemporal(installation: Installation): Promise<string> {
  const { directory, onProgress } = installation;
  await mkdir(directory, { recursive: true });
  await removeScratch(directory);
  const scratch = await mkdtemp(join(directory, scratchPrefix));
  try {
    const built = await downloadTemporal(installation, scratch).catch(async (error: Error) => {
      onProgress?.(`cannot download the Temporal CLI (${describeCause(error)})`);
      return buildTemporal(scratch, describeCause(error), onProgress);
    });
    const target = join(directory, 'temporal');
    await rename(built, target);
    return target;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const scratchPrefix = '.temporal-';

/** Removes the orphans of killed installations. */
async function removeScratch(directory: string): Promise<void> {
  const scratchNames = (await readdir(directory)).filter((name) => name.startsWith(scratchPrefix));
  for (const name of scratchNames) await rm(join(directory, name), { recursive: true, force: true });
}

async function downloadTemporal(
  { origin = 'https://temporal.download', onProgress }: Installation,
  scratch: string,
): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `${origin}/cli/archive/v${temporalVersion}?platform=${platform}&arch=${architecture}`;
  const response = await proxiedFetch(url, { signal: AbortSignal.timeout(300_000) });
  if (!response.ok || response.body === null) throw new Error(`${url} answers ${response.status}`);
  onProgress?.(`downloading the Temporal CLI ${temporalVersion} (once)`);
  const archive = join(scratch, 'temporal.tar.gz');
  await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
  const { execa } = await import('execa');
  await execa('tar', ['-xzf', archive, '-C', scratch, 'temporal']);
  const binary = join(scratch, 'temporal');
  await chmod(binary, 0o755);
  await execa(binary, ['--version']);
  return binary;
}

async function buildTemporal(
  scratch: string,
  downloadError: string,
  onProgress?: (line: string) => void,
): Promise<string> {
  const { execa } = await import('execa');
  const source = `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`;
  onProgress?.(`building the Temporal CLI ${temporalVersion} with Go (once, takes a few minutes)`);
  const build = await execa('go', ['install', source], {
    env: { GOBIN: scratch, GOFLAGS: '' },
    all: true,
    reject: false,
  });
  if (build.exitCode === 0) return join(scratch, 'temporal');
  const remedy = 'install it (brew install temporal, or https://docs.temporal.io/cli), or set TEMPORAL_CLI to its path';
  const evidence = `download: ${downloadError}\ngo install ${source}: ${build.all || build.shortMessage}`;
  throw new BerthError(
    'TOOL_MISSING',
    `the Temporal CLI is missing and could be neither downloaded nor built with Go: ${remedy}`,
    { evidence },
    { cause: build },
  );
}

/** Describes an error by its cause, where `fetch` puts the reason. */
function describeCause(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}

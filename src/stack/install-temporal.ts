import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BerthError } from '../errors.js';
import { proxiedFetch } from '../network/proxied-fetch.js';

/** The newest whose module `go install` accepts; the download is the same, so that both ways make the same database. */
export const temporalVersion = '1.5.1';

interface Installation {
  /** Where `temporal` is put. */
  directory: string;
  /** Of Temporal's official downloads. */
  origin?: string;
  onProgress?: (line: string) => void;
}

/**
 * Has the Temporal CLI: by Temporal's official download, else built by Go. Returns its path, where it appears whole or
 * not at all. Throws TOOL_MISSING with what was tried. Only under the stack's lock.
 */
export async function installTemporal(installation: Installation): Promise<string> {
  const { directory, onProgress } = installation;
  await mkdir(directory, { recursive: true });
  await removeScratch(directory);
  const scratch = await mkdtemp(join(directory, scratchPrefix));
  try {
    const built = await downloadTemporal(installation, scratch).catch(async (error: Error) => {
      onProgress?.(`Temporal’s download site cannot be used (${describeCause(error)})`);
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

/** What an installation left that was killed. */
async function removeScratch(directory: string): Promise<void> {
  const leftovers = (await readdir(directory)).filter((name) => name.startsWith(scratchPrefix));
  for (const name of leftovers) await rm(join(directory, name), { recursive: true, force: true });
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
  onProgress?.(`downloading the Temporal CLI ${temporalVersion}, once`);
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
  onProgress?.(`building the Temporal CLI ${temporalVersion} with Go, once; this takes some minutes`);
  const build = await execa('go', ['install', source], {
    env: { GOBIN: scratch, GOFLAGS: '' },
    all: true,
    reject: false,
  });
  if (build.exitCode === 0) return join(scratch, 'temporal');
  const remedy =
    'install it (brew install temporal, or https://docs.temporal.io/cli), or say where it is with TEMPORAL_CLI';
  const evidence = `download: ${downloadError}\ngo install ${source}: ${build.all || build.shortMessage}`;
  throw new BerthError(
    'TOOL_MISSING',
    `the Temporal CLI is missing, and could neither be downloaded nor built with Go: ${remedy}`,
    { evidence },
    { cause: build },
  );
}

/** `fetch` hides what happened in its cause. */
function describeCause(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}

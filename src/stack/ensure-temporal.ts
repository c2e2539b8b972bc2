import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { installTemporal } from './install-temporal.js';

const execute = promisify(execFile);

/** The `temporal` command line, which contains the server. */
export interface TemporalBinary {
  path: string;
  /** Output of `--version`: `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`. */
  description: string;
  /** Version of the server, which determines the layout of its database. */
  serverVersion: string;
}

/**
 * Locates the binary, or installs it once.
 *
 * @throws TOOL_MISSING when it cannot be installed.
 */
export async function ensureTemporal(home: BerthHome, onProgress?: (line: string) => void): Promise<TemporalBinary> {
  const present = await locateTemporal(home);
  return present ?? inspectBinary(await installTemporal({ directory: home.bin, ...(onProgress && { onProgress }) }));
}

/** Locates `TEMPORAL_CLI`, else the first working binary on the PATH, else `$BERTH_HOME/bin/temporal`; null without one. */
export async function locateTemporal(home: BerthHome): Promise<TemporalBinary | null> {
  const chosen = process.env.TEMPORAL_CLI;
  if (chosen) return inspectBinary(chosen);
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  for (const path of [...directories, home.bin].map((directory) => join(directory, 'temporal'))) {
    const binary = isExecutable(path) ? await inspectBinary(path).catch(() => null) : null;
    if (binary !== null) return binary;
  }
  return null;
}

async function inspectBinary(path: string): Promise<TemporalBinary> {
  const { stdout } = await execute(path, ['--version'], { timeout: 20_000 }).catch((error: Error) => {
    const name = process.env.TEMPORAL_CLI === path ? `TEMPORAL_CLI=${path}` : path;
    throw new BerthError('TOOL_MISSING', `${name} does not work as the Temporal CLI`, { evidence: error.message });
  });
  const serverVersion = /\(Server ([^,)\s]+)/.exec(stdout)?.[1];
  if (serverVersion === undefined)
    throw new BerthError('TOOL_MISSING', `${path} is not the Temporal CLI`, { evidence: stdout.trim() });
  return { path, description: stdout.trim(), serverVersion };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

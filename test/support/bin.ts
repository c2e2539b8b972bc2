import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';

export interface BinResult {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export interface BinOptions {
  home?: string;
  cwd?: string;
  env?: Record<string, string>;
  input?: string;
  /** Directory of the package; this one by default. */
  root?: string;
}

/** Runs the built `berth` without a terminal; returns a failure as a result. */
export async function runBin(
  words: string[],
  { home, cwd, env = {}, input = '', root = packageRoot }: BinOptions = {},
): Promise<BinResult> {
  const client = join(root, 'dist', 'client.js');
  if (!existsSync(client)) throw new Error('the tests of the command need dist/: npm run build');
  const { exitCode, stdout, stderr } = await execa(client, words, {
    env: { ...(home !== undefined && { BERTH_HOME: home }), NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    input,
    reject: false,
    ...(cwd !== undefined && { cwd }),
  });
  return { exitCode, stdout, stderr };
}

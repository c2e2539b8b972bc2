import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from './run-command.js';
import { runUv, type UvCall } from './run-uv.js';

/** Errors of newer setuptools with code that older ones build, and the first version with each error. */
const setuptoolsLimits: { error: RegExp; before: string }[] = [
  { error: /cannot import name 'Feature' from 'setuptools'/, before: '46' },
  { error: /use_2to3 is invalid/, before: '58' },
  { error: /must be a string containing valid version specifiers|packaging\.version\.InvalidVersion/, before: '66' },
  { error: /No module named 'pkg_resources'/, before: '81' },
];

export interface UvBuild extends UvCall {
  /** Temporary directory for a file that uv reads. */
  scratch: string;
  /** Called when an older setuptools was used. */
  onNote?: ((note: string) => void) | undefined;
}

/**
 * Runs a uv command that may build packages. Retries with an older setuptools when the newest refuses a package, because
 * its author had that older version.
 */
export async function runUvBuild({ scratch, onNote, ...call }: UvBuild): Promise<CommandResult> {
  const result = await runUv(call);
  if (result.exitCode === 0) return result;
  const refusal = setuptoolsLimits.find(({ error }) => error.test(result.output));
  if (refusal === undefined) return result;
  const file = join(scratch, 'build-constraints.txt');
  await writeFile(file, `setuptools<${refusal.before}\n`);
  call.onProgress?.(`building with setuptools before ${refusal.before}`);
  const args = [...call.args, '--build-constraints', file];
  const retry = await runUv({ ...call, args }).finally(() => rm(file));
  // If the retry fails too, the first failure is the relevant one.
  if (retry.exitCode !== 0) return result;
  onNote?.(`Builds a package with setuptools before ${refusal.before}, because newer versions refuse it.`);
  return retry;
}

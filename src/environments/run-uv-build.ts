import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from './run-command.js';
import { runUv, type UvCall } from './run-uv.js';

/** What newer setuptools say to what older ones built, and the first of them that does not. */
const setuptoolsLimits: { said: RegExp; before: string }[] = [
  { said: /cannot import name 'Feature' from 'setuptools'/, before: '46' },
  { said: /use_2to3 is invalid/, before: '58' },
  { said: /must be a string containing valid version specifiers|packaging\.version\.InvalidVersion/, before: '66' },
  { said: /No module named 'pkg_resources'/, before: '81' },
];

export interface UvBuild extends UvCall {
  /** A directory of ours for a file that uv reads. */
  scratch: string;
  /** Told where an older setuptools was taken. */
  onNote?: ((note: string) => void) | undefined;
}

/**
 * Runs a uv command that may build packages. What a new setuptools refuses is built by the newest that does not: whoever
 * published or wrote it had one of these.
 */
export async function runUvBuild({ scratch, onNote, ...call }: UvBuild): Promise<CommandResult> {
  const result = await runUv(call);
  if (result.exitCode === 0) return result;
  const refusal = setuptoolsLimits.find(({ said }) => said.test(result.output));
  if (refusal === undefined) return result;
  const file = join(scratch, 'build-constraints.txt');
  await writeFile(file, `setuptools<${refusal.before}\n`);
  call.onProgress?.(`building with setuptools before ${refusal.before}`);
  const args = [...call.args, '--build-constraints', file];
  const again = await runUv({ ...call, args }).finally(() => rm(file));
  // What fails in any case is told as it failed first.
  if (again.exitCode !== 0) return result;
  onNote?.(`A package is built with setuptools before ${refusal.before}: newer ones refuse it.`);
  return again;
}

import type { BerthHome } from '../home/home.js';
import { redact } from '../secrets/redact.js';
import { createBuildEnvironment } from './child-environment.js';
import { findUv } from './find-uv.js';
import { type CommandResult, runCommand } from './run-command.js';

export interface UvCall {
  home: BerthHome;
  args: string[];
  cwd: string;
  /** Code of the revision, which identifies uv's processes. */
  directory: string;
  /** Variables to add; undefined removes one. */
  env?: Record<string, string | undefined> | undefined;
  /** Values to redact from the output. */
  secrets?: Iterable<string> | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Allows the empty package `sklearn`, which otherwise fails to build. compileRequirements adds scikit-learn. */
const allowSklearn = { SKLEARN_ALLOW_DEPRECATED_SKLEARN_PACKAGE_INSTALL: 'True' };

/** Minutes. The largest packages build in an hour; the timeout of the activity is two hours. */
const timeoutMinutes = 100;

/** Runs uv with a timeout. Redacts credentials from its output. */
export async function runUv(call: UvCall): Promise<CommandResult> {
  const { home, args, cwd, directory, env, secrets = [], signal, onProgress } = call;
  const uv = await findUv(home, { signal, onProgress });
  const environment = Object.fromEntries(
    Object.entries({
      ...createBuildEnvironment(directory),
      ...allowSklearn,
      GIT_CEILING_DIRECTORIES: home.root,
      ...env,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const result = await runCommand({ argv: [uv, ...args], cwd, env: environment, timeout: timeoutMinutes * 60, signal });
  const values = [...secrets];
  const timeoutError = result.exitCode === null ? `\nerror: uv did not end within ${timeoutMinutes} minutes` : '';
  return { ...result, output: redact(result.output, values) + timeoutError, command: redact(result.command, values) };
}

import type { BerthHome } from '../home/home.js';
import { redact } from '../secrets/redact.js';
import { createBuildEnvironment } from './child-environment.js';
import { findUv } from './find-uv.js';
import { type CommandResult, runCommand } from './run-command.js';

export interface UvCall {
  home: BerthHome;
  args: string[];
  cwd: string;
  /** The revision's code, by which what uv starts is found again. */
  directory: string;
  /** Beside those that every run gets; one that is undefined is taken away. */
  env?: Record<string, string | undefined> | undefined;
  /** Values that must not be shown. */
  secrets?: Iterable<string> | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Lets the empty package `sklearn` through, which otherwise fails to build; what is meant by it comes beside it. */
const allowSklearn = { SKLEARN_ALLOW_DEPRECATED_SKLEARN_PACKAGE_INSTALL: 'True' };

/** Minutes: builds of the largest packages take an hour, and the step that waits for them two. */
const timeoutMinutes = 100;

/** Runs uv, with an end. Its words come without credentials. */
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
  const end = result.exitCode === null ? `\nerror: uv did not end within ${timeoutMinutes} minutes` : '';
  return { ...result, output: redact(result.output, values) + end, command: redact(result.command, values) };
}

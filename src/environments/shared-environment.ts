import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BerthHome } from '../home.js';
import { buildDirectory } from './build-directory.js';
import { buildEnvironment } from './child-environment.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { findUv } from './find-uv.js';
import { digestOf } from './records.js';
import type { Lock } from './resolve-lock.js';
import { type CommandResult, runCommand } from './run-command.js';
import { explainUvFailure } from './uv-failure.js';

export interface SharedEnvironment {
  digest: string;
  path: string;
  python: string;
}

export interface InstallRequest {
  home: BerthHome;
  lock: Lock;
  interpreter: ChosenInterpreter;
  /** The repository: uv reads index settings from its pyproject.toml. */
  directory: string;
  /** Resolves when it is on record that the environment is used: from then on nobody removes it. */
  claim?: ((path: string) => Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** The environment of this lock and interpreter, shared by all that need the same. Throws DEPENDENCY_INSTALL. */
export async function ensureEnvironment(request: InstallRequest): Promise<SharedEnvironment> {
  const { home, lock, interpreter } = request;
  const digest = digestOf([lock.text, interpreter.path, interpreter.version]);
  const path = join(home.environments, digest);
  const isComplete = () => isUsable(path);
  await request.claim?.(path);
  if (!(await isComplete())) {
    await buildDirectory({ directory: path, isComplete, build: (building) => install(building, request) });
  }
  return { digest, path, python: pythonOf(path) };
}

const pythonOf = (environment: string): string => join(environment, 'bin', 'python');

/** Written last. An environment whose interpreter is gone (its link leads nowhere) is made again. */
const isUsable = async (environment: string): Promise<boolean> =>
  Promise.all([access(marker(environment)), access(pythonOf(environment))]).then(
    () => true,
    () => false,
  );

const marker = (environment: string): string => join(environment, '.berth-complete');

/** `relocatable`, because it is moved into place when it is complete. */
async function install(
  building: string,
  { home, lock, interpreter, directory, signal, onProgress }: InstallRequest,
): Promise<void> {
  const uv = await findUv(home, { signal, onProgress });
  const run = async (...args: string[]): Promise<CommandResult> => {
    const result = await runCommand({ argv: [uv, ...args], cwd: directory, env: buildEnvironment(directory), signal });
    if (result.exitCode !== 0)
      throw explainUvFailure(result, 'DEPENDENCY_INSTALL', 'the environment could not be made');
    return result;
  };
  const count = lock.packages === 1 ? '1 package' : `${lock.packages} packages`;
  const what = lock.packages === 0 ? 'making an environment' : `installing ${count}`;
  onProgress?.(`${what} for Python ${interpreter.version}`);
  await run(
    'venv',
    '--quiet',
    '--relocatable',
    '--allow-existing',
    '--no-project',
    '--python',
    interpreter.path,
    building,
  );
  if (lock.text !== '') {
    const file = join(building, 'pylock.toml');
    await writeFile(file, lock.text, { mode: 0o600 });
    await run('pip', 'sync', '--quiet', '--python', pythonOf(building), file);
  }
  await writeFile(marker(building), '');
}

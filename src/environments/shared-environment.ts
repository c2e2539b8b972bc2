import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { buildDirectory } from './build-directory.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { createScratchDirectory } from './create-scratch-directory.js';
import { explainUvFailure } from './explain-uv-failure.js';
import type { Lock } from './locks/lock.js';
import { maskInstalledValues } from './mask-installed-values.js';
import { expandVariablesAndSource, type Variables } from './pip-files/variables.js';
import { digestTexts } from './records.js';
import { runUv } from './run-uv.js';
import { runUvBuild } from './run-uv-build.js';

export interface SharedEnvironment {
  digest: string;
  path: string;
  python: string;
}

export interface InstallRequest {
  home: BerthHome;
  lock: Lock;
  interpreter: ChosenInterpreter;
  /** The repository. uv reads index settings from its pyproject.toml. */
  directory: string;
  /** Values of the variables that the lock names. */
  variables: Variables;
  /** Indexes of the requirement files, with credentials that the lock's URLs may need. */
  indexes: string[];
  /** Records the use of the environment, so that it is not pruned. */
  claim?: ((path: string) => Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Returns the shared environment of a lock and an interpreter. Creates it if it does not exist.
 *
 * @throws DEPENDENCY_INSTALL, INDEX_UNREACHABLE, DISK_FULL when uv cannot create it.
 */
export async function ensureEnvironment(request: InstallRequest): Promise<SharedEnvironment> {
  const { home, lock, interpreter } = request;
  const digest = digestTexts([
    lock.text,
    interpreter.path,
    interpreter.version,
    ...(lock.hashed === '' ? [] : [lock.hashed]),
  ]);
  const path = join(home.environments, digest);
  const isComplete = () => isUsable(path);
  await request.claim?.(path);
  if (!(await isComplete())) {
    await buildDirectory({ directory: path, isComplete, build: (building) => install(building, request) });
  }
  return { digest, path, python: pythonPath(path) };
}

const pythonPath = (environment: string): string => join(environment, 'bin', 'python');

/** Checks the marker, which is written last, and the link to the interpreter, which may have been removed. */
const isUsable = async (environment: string): Promise<boolean> =>
  Promise.all([access(markerPath(environment)), access(pythonPath(environment))]).then(
    () => true,
    () => false,
  );

const markerPath = (environment: string): string => join(environment, '.berth-complete');

/** Installs a lock. The environment is relocatable, because it is renamed when it is complete. */
async function install(building: string, request: InstallRequest): Promise<void> {
  const { home, lock, interpreter, directory, variables, indexes, signal, onProgress } = request;
  const secrets = Object.values(variables);
  const indexUrls = [
    process.env.UV_INDEX,
    ...indexes.map((index) => expandVariablesAndSource(index, directory, variables)),
  ];
  const env = indexes.length === 0 ? {} : { UV_INDEX: indexUrls.filter(Boolean).join(' ') };
  const run = async (...args: string[]): Promise<void> => {
    const call = { home, args, cwd: directory, directory, env, secrets, signal, onProgress };
    const isBuilding = args[0] === 'pip';
    const result = isBuilding ? await runUvBuild({ ...call, scratch: building }) : await runUv(call);
    if (result.exitCode !== 0) throw explainUvFailure(result, 'DEPENDENCY_INSTALL', 'cannot create the environment');
  };
  const count = lock.packages === 1 ? '1 package' : `${lock.packages} packages`;
  const step = lock.packages === 0 ? 'creating an environment' : `installing ${count}`;
  onProgress?.(`${step} for Python ${interpreter.version}`);
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
  const target = ['--quiet', '--python', pythonPath(building)];
  const sync = ['pip', 'sync', ...target];
  // Hashed requirements come first; additions must not replace them.
  if (lock.hashed !== '')
    await withFile('requirements.txt', lock.hashed, (file) => run(...sync, '--require-hashes', file));
  if (lock.text !== '')
    await withFile('pylock.toml', lock.text, (file) =>
      lock.hashed === '' ? run(...sync, file) : run('pip', 'install', '--no-deps', ...target, '--requirements', file),
    );
  await maskInstalledValues(building, variables);
  await writeFile(markerPath(building), '');

  /** Gives uv a temporary file with the variables' values; stores the text without them. */
  async function withFile(name: string, text: string, use: (file: string) => Promise<void>): Promise<void> {
    const scratch = await createScratchDirectory(home.locks, 'install');
    try {
      const file = join(scratch, name);
      await writeFile(file, expandVariablesAndSource(text, directory, variables), { mode: 0o600 });
      await use(file);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    await writeFile(join(building, name), text, { mode: 0o600 });
  }
}

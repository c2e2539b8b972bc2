import type { Facts } from '../contract/facts.js';
import type { Environment } from '../contract/revision.js';
import type { BerthHome } from '../home/home.js';
import { readRevisionHistory } from '../workspaces/source-history.js';
import { type ChooseOptions, type ChosenInterpreter, chooseInterpreter } from './choose-interpreter.js';
import { installRevisionPackage } from './install-revision-package.js';
import { listPythonRequirements } from './list-python-requirements.js';
import type { Lock } from './locks/lock.js';
import { findVariables, resolveLock } from './locks/resolve-lock.js';
import { createOlderPythonRecord, findOlderPython } from './older-python.js';
import { listAuthenticatedIndexes } from './pip-files/list-authenticated-indexes.js';
import { expandVariables } from './pip-files/variables.js';
import type { PythonRequirement } from './python-requirements.js';
import { type Requirements, readRequirements } from './requirements/read-requirements.js';
import { ensureEnvironment } from './shared-environment.js';
import { SourceCopy } from './source-copy.js';
import { resolveVersionVariables, type VersionVariables } from './version-variables.js';

export interface PrepareRequest {
  /** Code of the revision; read-only. */
  directory: string;
  facts: Facts;
  /** Target for the revision's own package, if the repository is one. */
  packageDirectory: string;
  /** File of the entry, relative to the code. Manifests near it take precedence. */
  entry?: string | null | undefined;
  /** Variables of the software, which requirement files may name. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Packages of the strategy, as requirement lines. */
  strategyRequirements?: string[] | undefined;
  /** Resolves again, to get newer releases. */
  isFresh?: boolean | undefined;
  /** Called with the shared environment's path before it is used. */
  claim?: ((path: string) => Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  /** Called with one line of progress for a person. */
  onProgress?: ((line: string) => void) | undefined;
}

export interface ChooseInterpreterOptions extends ChooseOptions {
  /** Code and file of the entry, whose manifests may require a Python. */
  code?: { directory: string; entry: string | null };
}

interface ResolutionInput {
  interpreter: ChosenInterpreter;
  requirements: Requirements;
  copy: SourceCopy;
}

/** Python environments, created by uv and shared between revisions with the same interpreter and the same lock. */
export class Environments {
  private readonly home: BerthHome;

  constructor(home: BerthHome) {
    this.home = home;
  }

  /**
   * Chooses the interpreter for a repository.
   *
   * @throws TOOL_MISSING when the machine has no Python.
   */
  async chooseInterpreter(
    facts: Facts,
    { code, ...options }: ChooseInterpreterOptions = {},
  ): Promise<ChosenInterpreter> {
    const requirements = code && (await readRequirements(code.directory, facts, { entry: code.entry }));
    return await chooseInterpreter(this.home, listPythonRequirements(facts, requirements), options);
  }

  /**
   * Prepares the environment of a revision: reads, resolves and installs its requirements. Finds an existing environment
   * by digest, without a subprocess. Uses an older Python when the repository requires none and a package has no build for
   * the default one.
   *
   * @throws DEPENDENCY_UNRESOLVED, DEPENDENCY_INSTALL, INDEX_UNREACHABLE, TOOL_MISSING when a step fails.
   */
  async prepare(request: PrepareRequest): Promise<Environment> {
    const { directory, facts, entry, env = {}, strategyRequirements, signal, onProgress } = request;
    const choose = (pythons: PythonRequirement[]) => chooseInterpreter(this.home, pythons, { signal, onProgress });
    const read = (pythonVersion?: string) =>
      readRequirements(directory, facts, { strategyRequirements, entry, variables: env, pythonVersion });
    const unversioned = await read();
    const pythons = listPythonRequirements(facts, unversioned);
    const defaultInterpreter = await choose(pythons);
    const requirements = unversioned.dependsOnPython ? await read(defaultInterpreter.version) : unversioned;
    if (pythons.length > 0) return await this.prepareWith(defaultInterpreter, requirements, request);
    const record = createOlderPythonRecord(this.home, requirements, defaultInterpreter);
    const recorded = await record.read();
    if (recorded !== undefined) return await this.prepareWith(recorded, requirements, request);
    try {
      return await this.prepareWith(defaultInterpreter, requirements, request);
    } catch (error) {
      const copy = new SourceCopy(directory, this.home.environments);
      const resolve = (interpreter: ChosenInterpreter): Promise<Lock> =>
        this.resolve({ interpreter, requirements, copy }, request);
      const older = await findOlderPython(error, { current: defaultInterpreter, choose, resolve }).finally(() =>
        copy.remove(),
      );
      if (older === undefined) throw error;
      const environment = await this.prepareWith(older, requirements, request);
      await record.write(older);
      return environment;
    }
  }

  private async resolve(
    input: ResolutionInput,
    { directory, env = {}, isFresh, signal, onProgress }: PrepareRequest,
  ): Promise<Lock> {
    const variables = findVariables(input.requirements, env);
    const versionVariables = await this.resolveVersionVariables(input.requirements, directory);
    const common = { home: this.home, directory, variables, isFresh, signal, onProgress };
    return await resolveLock({ ...input, ...common, env: versionVariables.env });
  }

  private async resolveVersionVariables(requirements: Requirements, directory: string): Promise<VersionVariables> {
    return await resolveVersionVariables({ directory, requirements, history: await readRevisionHistory(directory) });
  }

  private async prepareWith(
    interpreter: ChosenInterpreter,
    requirements: Requirements,
    request: PrepareRequest,
  ): Promise<Environment> {
    const { directory, packageDirectory, env = {}, claim, signal, onProgress } = request;
    const common = { home: this.home, directory, signal, onProgress };
    const copy = new SourceCopy(directory, this.home.environments);
    try {
      const lock = await this.resolve({ interpreter, requirements, copy }, request);
      const variables = findVariables(requirements, env);
      const indexes = listAuthenticatedIndexes(requirements.pip);
      const environment = await ensureEnvironment({ ...common, lock, interpreter, variables, indexes, claim });
      const versionVariables = await this.resolveVersionVariables(requirements, directory);
      const required = lock.localProjects.map((path) => expandVariables(path, variables));
      const projects = { packages: requirements.packages, required, secrets: Object.values(variables) };
      const target = { packageDirectory, environment, interpreter, copy };
      const installed = await installRevisionPackage({ ...common, ...projects, ...target, env: versionVariables.env });
      return {
        ...environment,
        pythonVersion: interpreter.version,
        packageDirectory: installed.packageDirectory,
        notes: [
          ...(interpreter.note === null ? [] : [interpreter.note]),
          ...requirements.notes,
          ...lock.notes,
          ...installed.notes,
          ...(versionVariables.note === null ? [] : [versionVariables.note]),
        ],
      };
    } finally {
      await copy.remove();
    }
  }
}

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
  /** Code of the revision: read, never written to. */
  directory: string;
  facts: Facts;
  /** Where the revision's own package is installed, if the repository is one. */
  packageDirectory: string;
  /** The file that is called, relative to the code: manifests beside it come first. */
  entry?: string | null | undefined;
  /** The software's variables: a requirement file may name some of them. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Requirement lines of the strategy. */
  strategyRequirements?: string[] | undefined;
  /** Whether requirements are resolved anew, to take newer releases. */
  isFresh?: boolean | undefined;
  /** Told the shared environment's path before it is looked for, made or used. */
  claim?: ((path: string) => Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  /** One line of progress for a person. */
  onProgress?: ((line: string) => void) | undefined;
}

export interface ChooseInterpreterOptions extends ChooseOptions {
  /** Where the code lies, and the file that is called: its own manifests have a say, too. */
  place?: { directory: string; entry: string | null };
}

interface ResolutionInput {
  interpreter: ChosenInterpreter;
  requirements: Requirements;
  copy: SourceCopy;
}

/** Python environments, made by uv and shared by content: same interpreter, same locked requirements, same environment. */
export class Environments {
  private readonly home: BerthHome;

  constructor(home: BerthHome) {
    this.home = home;
  }

  /** The interpreter that the repository gets. Throws TOOL_MISSING when the machine has no Python. */
  async chooseInterpreter(
    facts: Facts,
    { place, ...options }: ChooseInterpreterOptions = {},
  ): Promise<ChosenInterpreter> {
    const requirements = place && (await readRequirements(place.directory, facts, { entry: place.entry }));
    return await chooseInterpreter(this.home, listPythonRequirements(facts, requirements), options);
  }

  /**
   * The environment of a revision: requirements read, resolved, installed. What was made before is found by digest,
   * without a subprocess. Where the repository asks for no Python and a package has no build for the usual one, an older
   * one is taken. Throws DEPENDENCY_UNRESOLVED, DEPENDENCY_INSTALL, INDEX_UNREACHABLE or TOOL_MISSING.
   */
  async prepare(request: PrepareRequest): Promise<Environment> {
    const { directory, facts, entry, env = {}, strategyRequirements, signal, onProgress } = request;
    const choose = (wishes: PythonRequirement[]) => chooseInterpreter(this.home, wishes, { signal, onProgress });
    const read = (pythonVersion?: string) =>
      readRequirements(directory, facts, { strategyRequirements, entry, variables: env, pythonVersion });
    const unversioned = await read();
    const wishes = listPythonRequirements(facts, unversioned);
    const defaultInterpreter = await choose(wishes);
    const requirements = unversioned.dependsOnPython ? await read(defaultInterpreter.version) : unversioned;
    if (wishes.length > 0) return await this.prepareWith(defaultInterpreter, requirements, request);
    const remembered = createOlderPythonRecord(this.home, requirements, defaultInterpreter);
    const known = await remembered.read();
    if (known !== undefined) return await this.prepareWith(known, requirements, request);
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
      await remembered.write(older);
      return environment;
    }
  }

  private async resolve(
    known: ResolutionInput,
    { directory, env = {}, isFresh, signal, onProgress }: PrepareRequest,
  ): Promise<Lock> {
    const variables = findVariables(known.requirements, env);
    const versionVariables = await this.resolveVersionVariables(known.requirements, directory);
    const common = { home: this.home, directory, variables, isFresh, signal, onProgress };
    return await resolveLock({ ...known, ...common, env: versionVariables.env });
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
      const place = { packageDirectory, environment, interpreter, copy };
      const own = await installRevisionPackage({ ...common, ...projects, ...place, env: versionVariables.env });
      return {
        ...environment,
        pythonVersion: interpreter.version,
        packageDirectory: own.packageDirectory,
        notes: [
          ...(interpreter.note === null ? [] : [interpreter.note]),
          ...requirements.notes,
          ...lock.notes,
          ...own.notes,
          ...(versionVariables.note === null ? [] : [versionVariables.note]),
        ],
      };
    } finally {
      await copy.remove();
    }
  }
}

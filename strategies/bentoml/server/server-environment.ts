import { mkdir, rm, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { hostsDirectory } from '../../../src/home/package-root.js';
import { createProcessMark } from '../../../src/processes/marked-processes.js';
import { buildSoftwareEnvironment } from '../../../src/runners/build-software-environment.js';
import { createHostDirectories, getTemporaryPath } from '../../../src/runners/host/host-files.js';
import { buildImportVariables, startupDirectory } from '../../../src/runners/server/server-imports.js';
import { joinPythonPath, parseVariableLines } from '../../../src/runners/server/startup-variables.js';
import type { BentoInterface } from '../bento-interface.js';
import { buildConcurrencyVariables } from '../concurrency-variables.js';

/**
 * Builds the environment of the server's processes: Berth's variables, the software's, then the mark by which they are
 * found.
 */
export function buildBentoServerEnvironment(
  plan: RunPlan,
  {
    service,
    paths,
    cog,
    host,
    environment,
  }: Pick<BentoInterface, 'service' | 'paths' | 'cog' | 'host' | 'environment'>,
  env: Record<string, string>,
): Record<string, string> {
  const python = plan.environment?.python ?? 'python3';
  const packagesPath = plan.environment?.packageDirectory ?? null;
  const hostModules = cog || host ? [join(hostsDirectory, 'python')] : [];
  const variables = { ...parseVariableLines(environment), ...env };
  return {
    ...buildSoftwareEnvironment(python),
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONPYCACHEPREFIX: bytecodeDirectory(plan),
    TMPDIR: getTemporaryPath(plan),
    BENTOML_HOME: bentoHome(plan),
    BENTOML_DO_NOT_TRACK: 'True',
    BENTOML_CONFIG_OPTIONS: 'services.logging.access.enabled=false', // the log is for the software's own lines
    ...buildConcurrencyVariables(plan.resources.concurrency),
    ...variables,
    PYTHONPATH: joinPythonPath(
      [startupDirectory, ...(packagesPath === null ? [] : [packagesPath]), ...hostModules],
      variables.PYTHONPATH,
      delimiter,
    ),
    ...buildImportVariables(plan, { module: service.split(':')[0] ?? '', paths }),
    ...createProcessMark(plan),
  };
}

/** Directory for models, task results and metrics of this revision. */
export const bentoHome = ({ stateDirectory }: RunPlan): string => join(stateDirectory, 'bentoml');

/**
 * Directory for bytecode. Nothing is written into the revision, and BentoML's own bytecode is compiled once per
 * environment: without it, every start takes twice as long.
 */
export const bytecodeDirectory = ({ stateDirectory, environment }: RunPlan): string =>
  environment === null ? join(stateDirectory, 'pycache') : join(environment.path, '.bytecode');

export async function createServerDirectories(plan: RunPlan): Promise<void> {
  const [directory, temporary] = [join(plan.stateDirectory, 'tmp'), getTemporaryPath(plan)];
  await mkdir(bentoHome(plan), { recursive: true });
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await mkdir(dirname(plan.logFile), { recursive: true });
  if (temporary === directory) return;
  await createHostDirectories(plan);
  await rm(temporary, { force: true });
  await symlink(directory, temporary);
}

/**
 * Removes a server's files outside its state directory: the link to its temporary files, and bytecode in the
 * environment.
 */
export async function removeServerPaths(plan: RunPlan): Promise<void> {
  const temporary = getTemporaryPath(plan);
  if (dirname(temporary) !== plan.stateDirectory) await rm(temporary, { force: true });
  const compiled = [plan.directory, plan.environment?.packageDirectory ?? plan.directory];
  for (const path of compiled) await rm(join(bytecodeDirectory(plan), path), { recursive: true, force: true });
}

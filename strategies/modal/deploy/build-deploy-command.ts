import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { builtInStrategiesDirectory, hostsDirectory } from '../../../src/home/package-root.js';
import { createProcessMark } from '../../../src/processes/marked-processes.js';
import { buildSoftwareEnvironment } from '../../../src/runners/build-software-environment.js';
import { pickAccountVariables } from '../cloud/account.js';
import type { ModalInterface } from '../modal-interface.js';
import type { AppRecord } from './app-record.js';

export interface ModalCommand {
  argv: [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  /** Content of standard input. */
  input: string;
}

/** Characters in a line: wide enough that no message is wrapped. */
const outputColumns = 500;
const deployProgram = join(builtInStrategiesDirectory, 'modal', 'deploy', 'deploy_app.py');

/** Builds the command of `modal deploy`, run by the program that adds the setting to the app. */
export function buildDeployCommand(
  plan: RunPlan,
  record: AppRecord,
  target: ModalInterface,
  input: string,
): ModalCommand {
  const variable = target.app === 'app' ? '' : `::${target.app}`;
  const reference =
    target.module === null ? [join(plan.directory, target.file) + variable] : ['-m', target.module + variable];
  const argv = [
    requirePython(plan),
    deployProgram,
    'deploy',
    ...reference,
    '--name',
    record.app,
    '--tag',
    plan.revision,
  ] as const;
  return {
    argv: [...argv],
    cwd: join(plan.directory, target.root),
    env: {
      ...buildEnvironment(plan, record),
      ...(target.needsHost && { PYTHONPATH: join(hostsDirectory, 'python') }),
      ...createProcessMark(plan),
    },
    input,
  };
}

/** @throws TOOL_MISSING when the revision has no environment: then nothing of it was deployed. */
function requirePython({ environment, deployment }: RunPlan): string {
  if (environment !== null) return environment.python;
  throw new BerthError('TOOL_MISSING', 'there is no Python environment with Modal’s command line', {
    name: deployment,
  });
}

/** Builds the environment. Only this process gets the account's variables, and it gets none of the software's. */
function buildEnvironment(plan: RunPlan, { environment }: AppRecord): Record<string, string> {
  const bytecode =
    plan.environment === null ? join(plan.stateDirectory, 'pycache') : join(plan.environment.path, '.bytecode');
  return {
    ...buildSoftwareEnvironment(requirePython(plan)),
    ...pickAccountVariables(),
    ...(environment !== null && { MODAL_ENVIRONMENT: environment }),
    NO_COLOR: '1',
    COLUMNS: String(outputColumns),
    PYTHONUNBUFFERED: '1',
    PYTHONPYCACHEPREFIX: bytecode, // nothing is written into the revision
  };
}

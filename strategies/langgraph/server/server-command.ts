import { delimiter, join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { hostsDirectory } from '../../../src/home/package-root.js';
import { createProcessMark } from '../../../src/processes/marked-processes.js';
import { buildModuleArguments } from '../../../src/runners/server/python-module-arguments.js';
import { buildImportVariables, startupDirectory } from '../../../src/runners/server/server-imports.js';
import { joinPythonPath } from '../../../src/runners/server/startup-variables.js';
import { threadsVariable } from '../recipes/write-graph.js';

/** Default number of concurrent runs: a run that waits for a model costs little. */
const defaultConcurrency = 64;

export interface ServerCommand {
  /** Address at which it listens. */
  address: string;
  port: number;
  /** Path of the server's configuration. */
  config: string;
  concurrency: number | undefined;
  /** Maximum memory of its process: `4Gi`. */
  memory?: string | undefined;
}

/** Builds arguments of Python. Without `--allow-blocking`, a `time.sleep` in an async node is an error. */
export const buildServerArguments = ({ memory, ...server }: ServerCommand): string[] => {
  const { address, port, config, concurrency = defaultConcurrency } = server;
  return [
    ...buildModuleArguments('langgraph_cli', memory),
    'dev',
    '--no-browser',
    '--no-reload',
    '--allow-blocking',
    '--host',
    address,
    '--port',
    String(port),
    '--n-jobs-per-worker',
    String(concurrency),
    '--config',
    config,
  ];
};

export interface ServerVariables {
  /** The worker's variables that software may see. */
  base: Record<string, string>;
  /** Variables that langgraph.json declares. */
  declared: Record<string, string>;
  /** Directories that the server puts on Python's path. */
  dependencies: string[];
  /** The user's variables, in plain text. */
  env: Record<string, string>;
  token: string;
  /** True when the graph imports Berth's host modules. */
  needsHost: boolean;
}

/** Builds the server's environment: nothing leaves the machine unless the user's variables say so. */
export function buildServerEnvironment(
  plan: RunPlan,
  { base, declared, dependencies, env, token, needsHost }: ServerVariables,
): Record<string, string> {
  const packages = plan.environment?.packageDirectory ?? null;
  const { concurrency } = plan.resources;
  const paths = [
    startupDirectory,
    ...(packages === null ? [] : [packages]),
    ...(needsHost ? [join(hostsDirectory, 'python')] : []),
  ];
  const pythonPath = joinPythonPath(paths, env.PYTHONPATH ?? declared.PYTHONPATH, delimiter);
  return {
    ...base,
    PYTHONUNBUFFERED: '1',
    LOG_LEVEL: 'WARNING',
    LANGSMITH_TRACING: 'false',
    ...declared,
    ...env,
    PYTHONPATH: pythonPath,
    ...buildImportVariables(plan, { module: '', paths: ['.', ...dependencies] }),
    LANGGRAPH_CLI_NO_ANALYTICS: '1',
    LANGGRAPH_NO_VERSION_CHECK: 'true',
    NO_COLOR: '1',
    LOG_COLOR: 'false',
    LOG_JSON: 'false',
    // Do not repeat a run that was lost with its server: its caller is gone.
    BG_JOB_MAX_RETRIES: '1',
    // GET /info returns it, which proves that this server answers.
    LANGSMITH_LANGGRAPH_API_REVISION: token,
    // threads.py reads it. Both revisions of a redeploy use it at the same time.
    ...(concurrency !== undefined && { [threadsVariable]: String(concurrency) }),
    BERTH_THREADS: join(plan.sharedDirectory, 'threads.db'),
    ...createProcessMark(plan),
  };
}

import type { RunPlan } from '../../contract/handle.js';
import { getFileSize } from '../../processes/log-file.js';
import { createProcessMark } from '../../processes/marked-processes.js';
import { trackExit } from '../../processes/process-exit.js';
import { identifyProcess } from '../../processes/process-identity.js';
import { spawnLogged } from '../../processes/spawn-logged.js';
import { buildSoftwareEnvironment } from '../build-software-environment.js';
import { buildUrl } from '../http/server-address.js';
import type { ServerCommand } from './server-options.js';
import { type ServerRecord, serverRecord } from './server-record.js';

interface SpawnOptions {
  port: number;
  /** Address at which this machine calls the server. */
  callAddress: string;
  /** The software's variables in plain text. */
  env: Record<string, string>;
}

/**
 * Starts a server's process and records it. The server does not serve yet.
 *
 * @throws TOOL_MISSING when its program cannot be run.
 */
export async function spawnServer(
  plan: RunPlan,
  command: ServerCommand,
  { port, callAddress, env }: SpawnOptions,
): Promise<ServerRecord> {
  const { directory, logFile, stateDirectory } = plan;
  const { argv, token, notes } = command;
  const logStart = await getFileSize(logFile);
  const variables = { ...(command.environment ?? buildEnvironment(plan, command, env)), ...createProcessMark(plan) };
  const child = await spawnLogged({ argv, cwd: directory, env: variables, logFile, stateDirectory });
  const pid = child.pid ?? 0; // a spawned process has one
  // A process that has already ended has no start time, so the record matches no running process.
  const identity = identifyProcess(pid) ?? { pid, startedAt: 'ended' };
  trackExit(child, identity);
  child.unref();
  const url = buildUrl(callAddress, port);
  const record = { ...identity, port, url, logStart, ...(token && { token }), ...(notes && { notes }) };
  await serverRecord.write(plan, record);
  return record;
}

function buildEnvironment(
  { environment }: RunPlan,
  { env: serverVariables }: ServerCommand,
  env: Record<string, string>,
): Record<string, string> {
  const packages = environment?.packageDirectory ?? null;
  return {
    ...buildSoftwareEnvironment(environment?.python),
    PYTHONUNBUFFERED: '1', // output appears in the log immediately
    ...(packages !== null && { PYTHONPATH: packages }),
    ...serverVariables,
    ...env,
  };
}

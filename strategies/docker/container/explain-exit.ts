import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError, type ErrorCode } from '../../../src/errors.js';
import { readContainerLog } from '../../../src/runners/containers/index.js';
import { findStuckImport } from '../../../src/runners/host/find-stuck-import.js';
import { codeDirectory } from './describe-container.js';

/** Exit codes of hosts/python/berth_host/http_boot.py. */
const exitCodes: Record<number, ErrorCode> = { 70: 'IMPORT_FAILED', 71: 'START_FAILED' };

/** Lines of the container's log that an error shows. */
const evidenceLineCount = 40;
const startFailedPrefix = 'berth: start failed: ';

export type ContainerState = Docker.ContainerInspectInfo['State'];

/** Says how a container ended: `exited with code 3`. */
export function describeExit({ ExitCode, OOMKilled, Error: problem }: ContainerState): string {
  if (OOMKilled) return 'ran out of memory';
  if (problem) return `did not start: ${problem}`;
  return ExitCode > 128 && ExitCode < 160 ? `was ended by signal ${ExitCode - 128}` : `exited with code ${ExitCode}`;
}

/** Returns the error for a container that ended before it could be called. Its last lines are the evidence. */
export async function explainEarlyExit(
  container: Docker.Container,
  state: ContainerState,
  { deployment, logFile, importTimeout }: RunPlan,
): Promise<BerthError> {
  const lines: string[] = [];
  for await (const line of readContainerLog(container, { tail: 400 })) lines.push(line);
  const start = lines.findLastIndex((line) => line.startsWith(startFailedPrefix));
  const facts = { name: deployment, log: logFile };
  const code = exitCodes[state.ExitCode];
  if (code === undefined || start < 0) {
    const stuck = findStuckImport(lines.join('\n'), { directory: codeDirectory, importTimeout });
    if (stuck !== undefined) {
      const message = `importing the module failed: ${stuck.message}`;
      return new BerthError('IMPORT_FAILED', message, { ...facts, evidence: stuck.evidence });
    }
    const evidence = lines.slice(-evidenceLineCount).join('\n');
    return new BerthError('START_FAILED', `the container ${describeExit(state)} before it could be called`, {
      ...facts,
      evidence,
    });
  }
  const evidence = lines.slice(start).join('\n').slice(startFailedPrefix.length);
  const what = code === 'IMPORT_FAILED' ? 'importing the module failed' : 'the start failed';
  const last = evidence.trimEnd().split('\n').at(-1) ?? '';
  return new BerthError(code, `${what}: ${last}`, { ...facts, evidence });
}

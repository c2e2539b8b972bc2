import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../errors.js';
import type { AgentResult } from './agent.js';
import { buildAgentEnvironment } from './agent-environment.js';
import type { CommandLineProtocol, RunSetup } from './command-line-protocol.js';
import { concludeRun } from './conclude-run.js';
import {
  type ContainedExit,
  type ContainedProcess,
  type StopCause,
  startContainedProcess,
} from './contained-process.js';
import { findReachedLimit } from './find-reached-limit.js';
import type { RunLog } from './run-log.js';
import { sandboxCommand } from './sandbox.js';

const maxErrorLines = 20;
const pollSeconds = 2;

const neverStarted: ContainedExit = { exitCode: null, stoppedBy: null, problem: null };

/**
 * Runs an agent's program contained, and reads its output line by line.
 *
 * @throws AGENT_UNUSABLE when the repository has files that only a sandbox could hide from the agent.
 */
export async function runCommandLine(
  protocol: CommandLineProtocol,
  setup: RunSetup,
  log: RunLog,
  mark: string,
): Promise<AgentResult> {
  const { request, program, directories } = setup;
  const invocation = await protocol.prepare(setup);
  const masked = invocation.masked ?? [];
  if (masked.length > 0 && !setup.isSandboxed) throw unmaskableError(protocol.name, masked);
  const { argv, ...sandbox } = await sandboxCommand([program, ...invocation.argv], {
    program,
    workspace: request.workspace,
    writable: [directories.state],
    hidden: request.hiddenPaths ?? [],
    masked: [...masked, ...(invocation.maskedInstructions ?? [])],
    blankFile: await createBlankFile(directories.state),
  });
  const environment = buildAgentEnvironment(directories, mark, request.environment);
  const errors: string[] = [];
  let running: ContainedProcess | undefined;
  const stop = (cause: StopCause): void => running?.stop(cause);
  const reader = protocol.createReader(setup, log, stop);
  // The reader may fail before the start, such as for an unknown session.
  if (log.failure !== null) return concludeRun({ setup, log, end: neverStarted, errors: '', sandbox });
  const stopAtLimit = (): void => {
    const cause = findReachedLimit(request.limits, log, setup.prices);
    if (cause !== null && !log.isFinished) stop(cause);
  };
  const poll = async (): Promise<void> => {
    // A failed read is repeated two seconds later, and again at the end.
    await reader.poll?.().catch(() => undefined);
    stopAtLimit();
  };
  running = startContainedProcess({
    argv,
    cwd: request.workspace,
    env: { ...environment, ...setup.variables, ...invocation.env },
    mark,
    input: invocation.input,
    wallSeconds: request.limits.wallSeconds,
    idleSeconds: request.limits.idleSeconds,
    signal: request.signal,
    onLine: (rawLine, stream) => {
      const line = stripVTControlCharacters(rawLine);
      if (stream === 'stderr') errors.push(line);
      if (errors.length > maxErrorLines) errors.shift();
      const previousCount = log.activityCount;
      reader.readLine(line, stream);
      stopAtLimit();
      return log.activityCount > previousCount;
    },
  });
  const watch = setInterval(() => void poll(), pollSeconds * 1000);
  const end = await running.ended;
  clearInterval(watch);
  await reader.finish?.(end);
  return concludeRun({ setup, log, end, errors: errors.join('\n').trim(), sandbox });
}

/** Writes a file that is empty for readers of both YAML and JSON. */
async function createBlankFile(directory: string): Promise<string> {
  const file = join(directory, 'blank');
  await writeFile(file, '{}\n');
  return file;
}

function unmaskableError(agent: string, files: string[]): BerthError {
  const message = `${agent} would run code from ${files.join(', ')} of the repository: install bubblewrap, which hides it`;
  return new BerthError('AGENT_UNUSABLE', message, { agent });
}

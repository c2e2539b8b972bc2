import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../errors.js';
import type { AgentResult } from './agent.js';
import { agentEnvironment } from './agent-environment.js';
import type { CommandLineProtocol, Setup } from './command-line-protocol.js';
import { concludeRun } from './conclude-run.js';
import { type ContainedEnd, type ContainedProcess, type StopCause, startContained } from './contained-process.js';
import type { RunLog } from './run-log.js';
import { sandboxCommand } from './sandbox.js';
import { findSpentLimit } from './spent-limit.js';

const keptErrorLines = 20;
const lookEverySeconds = 2;

const neverStarted: ContainedEnd = { exitCode: null, stoppedBy: null, problem: null };

/** One run of a program: prepared, contained, read line by line, and summed up. */
export async function runCommandLine(
  protocol: CommandLineProtocol,
  setup: Setup,
  log: RunLog,
  mark: string,
): Promise<AgentResult> {
  const { request, program, places } = setup;
  const invocation = await protocol.prepare(setup);
  const masked = invocation.masked ?? [];
  if (masked.length > 0 && !setup.isSandboxed) throw describeUnmasked(protocol.name, masked);
  const { argv, ...sandbox } = await sandboxCommand([program, ...invocation.argv], {
    program,
    workspace: request.workspace,
    writable: [places.state],
    hidden: request.hidden ?? [],
    masked: [...masked, ...(invocation.veiled ?? [])],
    blankFile: await makeBlankFile(places.state),
  });
  const environment = agentEnvironment(places, mark, request.environment);
  const errors: string[] = [];
  let running: ContainedProcess | undefined;
  const stop = (cause: StopCause): void => running?.stop(cause);
  const reader = protocol.createReader(setup, log, stop);
  // Nothing to start: the reader knows already, such as that there is no such session.
  if (log.failure !== null) return concludeRun({ setup, log, end: neverStarted, errors: '', sandbox });
  const stopWhenSpent = (): void => {
    const cause = findSpentLimit(request.limits, log, setup.prices);
    if (cause !== null && !log.isOver) stop(cause);
  };
  const look = async (): Promise<void> => {
    // What can't be read just now can be in two seconds, and is at the end in any case.
    await reader.look?.().catch(() => undefined);
    stopWhenSpent();
  };
  running = startContained({
    argv,
    cwd: request.workspace,
    env: { ...environment, ...setup.variables, ...invocation.env },
    mark,
    input: invocation.input,
    wallSeconds: request.limits.wallSeconds,
    idleSeconds: request.limits.idleSeconds,
    signal: request.signal,
    onLine: (coloured, stream) => {
      const line = stripVTControlCharacters(coloured);
      if (stream === 'stderr') errors.push(line);
      if (errors.length > keptErrorLines) errors.shift();
      const before = log.signs;
      reader.readLine(line, stream);
      stopWhenSpent();
      return log.signs > before;
    },
  });
  const watch = setInterval(() => void look(), lookEverySeconds * 1000);
  const end = await running.ended;
  clearInterval(watch);
  await reader.conclude?.(end);
  return concludeRun({ setup, log, end, errors: errors.join('\n').trim(), sandbox });
}

/** The emptiest text that readers of YAML and of JSON both take. */
async function makeBlankFile(directory: string): Promise<string> {
  const file = join(directory, 'blank');
  await writeFile(file, '{}\n');
  return file;
}

function describeUnmasked(agent: string, files: string[]): BerthError {
  const message = `${agent} would obey ${files.join(', ')} of the repository, which only bubblewrap can hide from it`;
  return new BerthError('AGENT_UNUSABLE', message, { agent });
}

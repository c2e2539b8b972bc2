import type { AgentRequest } from './agent.js';
import { type AgentDirectories, buildAgentEnvironment } from './agent-environment.js';
import { startContainedProcess } from './contained-process.js';
import { sandboxCommand } from './sandbox.js';

export interface ShellCommand {
  command: string;
  timeoutSeconds: number;
  request: AgentRequest;
  directories: AgentDirectories;
  mark: string;
  signal: AbortSignal;
  onOutput: () => void;
}

const maxLines = 5000;
const shell = '/bin/sh';

/** Runs a command of Berth's own agent, contained like the other agents' programs and without the model's key. */
export async function runShellCommand(run: ShellCommand): Promise<string> {
  const { request, directories } = run;
  const { argv } = await sandboxCommand([shell, '-c', run.command], {
    program: shell,
    workspace: request.workspace,
    writable: [directories.state],
    hidden: request.hiddenPaths ?? [],
    masked: [],
    blankFile: '',
  });
  const lines: string[] = [];
  const { ended } = startContainedProcess({
    argv,
    cwd: request.workspace,
    env: buildAgentEnvironment(directories, run.mark, request.environment),
    mark: run.mark,
    input: '',
    wallSeconds: run.timeoutSeconds,
    // The agent's own idle limit applies to its commands.
    idleSeconds: run.timeoutSeconds,
    signal: run.signal,
    onLine: (line) => {
      lines.push(line);
      if (lines.length > maxLines) lines.shift();
      run.onOutput();
      return true;
    },
  });
  const { exitCode, stoppedBy } = await ended;
  const end =
    stoppedBy === null
      ? `exit code ${exitCode ?? 'none (ended by a signal)'}`
      : `stopped after ${run.timeoutSeconds} s`;
  return `${end}\n${lines.join('\n')}`;
}

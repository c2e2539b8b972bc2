import type { AgentRequest } from './agent.js';
import { type AgentPlaces, agentEnvironment } from './agent-environment.js';
import { startContained } from './contained-process.js';
import { sandboxCommand } from './sandbox.js';

export interface ShellCommand {
  command: string;
  timeoutSeconds: number;
  request: AgentRequest;
  places: AgentPlaces;
  mark: string;
  signal: AbortSignal;
  onOutput: () => void;
}

const mostLines = 5000;
const shell = '/bin/sh';

/** A command of the agent, contained like the CLIs are; the model's key is not in its environment. */
export async function runShellCommand(run: ShellCommand): Promise<string> {
  const { request, places } = run;
  const { argv } = await sandboxCommand([shell, '-c', run.command], {
    program: shell,
    workspace: request.workspace,
    writable: [places.state],
    hidden: request.hidden ?? [],
    masked: [],
    blankFile: '',
  });
  const lines: string[] = [];
  const { ended } = startContained({
    argv,
    cwd: request.workspace,
    env: agentEnvironment(places, run.mark, request.environment),
    mark: run.mark,
    input: '',
    wallSeconds: run.timeoutSeconds,
    // The agent's own limit watches over its commands, too.
    idleSeconds: run.timeoutSeconds,
    signal: run.signal,
    onLine: (line) => {
      lines.push(line);
      if (lines.length > mostLines) lines.shift();
      run.onOutput();
      return true;
    },
  });
  const { exitCode, stoppedBy } = await ended;
  const end =
    stoppedBy === null ? `exit code ${exitCode ?? 'none: ended by a signal'}` : `stopped after ${run.timeoutSeconds} s`;
  return `${end}\n${lines.join('\n')}`;
}

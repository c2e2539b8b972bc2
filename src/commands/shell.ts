import { spawn } from 'node:child_process';
import { BerthError } from '../errors.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { ignoreInterruptionsDuring } from './interruption.js';
import { requireWorkspace } from './require-workspace.js';

export const shell = defineCommand({
  name: 'shell',
  summary: 'open a shell in the workspace to edit the code',
  arguments: { name: deploymentName },
  options: {},
  handlesInterruption: true,
  examples: ['berth shell ocr', 'cd "$(berth shell ocr)"'],
  async run({ arguments: { name }, output }) {
    const workspace = requireWorkspace(name);
    const next = `Verify your edits: berth resume ${name} --agent none`;
    const isInteractive = process.stdin.isTTY && process.stdout.isTTY && !output.isJson;
    if (isInteractive) {
      output.note(output.noteColors.dim(`workspace of ${name}: ${workspace} (leave with exit)`));
      await ignoreInterruptionsDuring(() => openShell(workspace));
    } else await output.result({ name, workspace, next }, () => workspace);
    if (!output.isJson) output.note(next);
  },
});

/** Resolves when the user leaves the shell, with any exit code. */
function openShell(directory: string): Promise<void> {
  const program = process.env.SHELL || '/bin/sh';
  return new Promise((resolve, reject) => {
    const child = spawn(program, [], { cwd: directory, stdio: 'inherit' });
    child.once('exit', () => resolve());
    child.once('error', (cause) =>
      reject(new BerthError('TOOL_MISSING', `cannot start the shell ${program}: ${cause.message}`, {}, { cause })),
    );
  });
}

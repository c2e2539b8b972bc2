import { existsSync } from 'node:fs';
import { BerthError } from '../errors.js';
import { berthHome, deploymentDirectory } from '../home.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const diff = defineCommand({
  name: 'diff',
  summary: 'show what adaptation changed, as a patch',
  arguments: { name: deploymentName },
  options: {},
  async run({ arguments: { name }, output }) {
    const { root, workspace } = deploymentDirectory(berthHome(), name);
    if (!existsSync(root))
      throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name} on this machine`, { name });
    if (!existsSync(workspace)) throw new BerthError('STATE_CONFLICT', `${name} has no workspace yet`, { name });
    const { diffWorkspace } = await import('../workspaces/index.js');
    const patch = await diffWorkspace(workspace);
    if (patch === '' && !output.isJson) output.note(`Adaptation changed no file of ${name}.`);
    else await output.result({ name, diff: patch }, (colors) => paintPatch(patch.trimEnd(), colors));
  },
});

/** A patch as terminals show it; unchanged without colours, so that `git apply` takes it. */
export function paintPatch(patch: string, colors: Colors): string {
  const paint = (line: string): string => {
    if (/^(diff|index|---|\+\+\+|new file|deleted file)/.test(line)) return colors.bold(line);
    if (line.startsWith('@@')) return colors.cyan(line);
    if (line.startsWith('+')) return colors.green(line);
    return line.startsWith('-') ? colors.red(line) : line;
  };
  return patch.split('\n').map(paint).join('\n');
}

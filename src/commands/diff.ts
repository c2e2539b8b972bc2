import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { requireRevisionWorkspace, requireWorkspace } from './require-workspace.js';

export const diff = defineCommand({
  name: 'diff',
  summary: 'show what adaptation changed, as a patch',
  arguments: { name: deploymentName },
  options: {
    revision: {
      flags: '--revision <REVISION>',
      kind: 'text',
      summary: 'show this kept revision (the newest workspace)',
    },
  },
  async run({ arguments: { name }, options: { revision }, output }) {
    const workspace = revision === undefined ? requireWorkspace(name) : await requireRevisionWorkspace(name, revision);
    const { diffWorkspace } = await import('../workspaces/index.js');
    const patch = await diffWorkspace(workspace);
    if (patch === '' && !output.isJson) output.note(`adaptation changed no files of ${name}`);
    else await output.result({ name, diff: patch }, (colors) => paintPatch(patch.trimEnd(), colors));
  },
});

/** Colors a patch; without colors it stays unchanged, so that `git apply` accepts it. */
export function paintPatch(patch: string, colors: Colors): string {
  const paint = (line: string): string => {
    if (/^(diff|index|---|\+\+\+|new file|deleted file)/.test(line)) return colors.bold(line);
    if (line.startsWith('@@')) return colors.cyan(line);
    if (line.startsWith('+')) return colors.green(line);
    return line.startsWith('-') ? colors.red(line) : line;
  };
  return patch.split('\n').map(paint).join('\n');
}

import { readActiveRevision } from '../calls/active-revision.js';
import { berthHome, revisionDirectory } from '../home/home.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { requireRevisionWorkspace, requireWorkspace } from './require-workspace.js';

export const eject = defineCommand({
  name: 'eject',
  summary: 'export the adapted code as a repository or a patch',
  arguments: {
    name: deploymentName,
    target: {
      label: 'DIR',
      isRequired: true,
      summary: 'new or empty directory; with --patch, a new file or a directory',
    },
  },
  options: { patch: { flags: '--patch', kind: 'flag', summary: 'export only the changes, for git apply' } },
  examples: ['berth eject ocr ../ocr-adapted', 'berth eject ocr ocr.patch --patch'],
  async run({ arguments: { name, target }, options: { patch }, output }) {
    const newest = requireWorkspace(name);
    const home = berthHome();
    const revision = (await readActiveRevision(home, name))?.revision ?? null;
    const workspace = revision === null ? newest : await requireRevisionWorkspace(name, revision);
    const code = revision === null ? null : revisionDirectory(home, name, revision).code;
    const { ejectCode, ejectPatch } = await import('../workspaces/index.js');
    const { path, missing } = patch
      ? await ejectPatch({ workspace, code, target, patchName: `${name}.patch` })
      : await ejectCode({ workspace, code, target });
    if (missing.length > 0 && !output.isJson) output.note(`too large for a patch, left out: ${missing.join(', ')}`);
    const subject = patch ? 'the changes' : 'the adapted code';
    await output.result(
      { name, revision, path, missing },
      () => `wrote ${subject} of ${revision ?? 'the workspace'} to ${path}`,
    );
  },
});

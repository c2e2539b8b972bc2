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
      summary: 'a new or empty directory; with --patch, a new file or a directory',
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
    if (missing.length > 0 && !output.isJson) output.note(`Too large for a patch, and left out: ${missing.join(', ')}`);
    const what = patch ? 'what Berth changed' : 'the adapted code';
    await output.result(
      { name, revision, path, missing },
      () => `${path} holds ${what} (${revision ?? 'the workspace'})`,
    );
  },
});

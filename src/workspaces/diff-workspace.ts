import { listWorkspaceFiles } from './commit-workspace.js';
import { runGit } from './git-repository.js';
import { importTree } from './import-tree.js';
import { withinHome } from './within-home.js';
import { findCommit, readRecord } from './workspace-record.js';

/**
 * Unified diff from the source to the workspace as it stands, committed or not; empty when nothing changed. Of a large
 * file it shows the digests. Throws STATE_CONFLICT where there is no workspace.
 */
export async function diffWorkspace(workspace: string): Promise<string> {
  const record = await readRecord(workspace);
  const files = await listWorkspaceFiles(workspace);
  // Without a time of its own, the same state is the same commit, and looking twice stores nothing.
  const { commit } = await withinHome(workspace, () =>
    importTree({
      workspace,
      root: workspace,
      files,
      ref: 'refs/berth/working-tree',
      message: 'Working tree\n',
      time: 0,
      known: findCommit(record, record.head).kept,
    }),
  );
  return runGit(workspace, ['diff', '--no-ext-diff', '--no-textconv', '--no-color', record.source, commit]);
}

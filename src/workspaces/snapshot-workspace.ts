import { listWorkspaceFiles } from './commit-workspace.js';
import { type ImportedTree, importTree } from './import-tree.js';
import { withHomeErrors } from './with-home-errors.js';
import { findCommit, readWorkspaceRecord } from './workspace-record.js';

/** The workspace as it stands, and the commits to compare it with. */
export interface Snapshot extends ImportedTree {
  /** Commit of the source as it was copied. */
  source: string;
  /** The newest commit that was accepted. */
  head: string;
}

/**
 * The workspace as it stands, committed or not, as a commit that no record keeps. Throws STATE_CONFLICT where there is no
 * workspace, ADAPTATION_FAILED for a link that leaves it.
 */
export async function snapshotWorkspace(workspace: string): Promise<Snapshot> {
  const record = await readWorkspaceRecord(workspace);
  const files = await listWorkspaceFiles(workspace, record);
  // Without a time of its own, the same state is the same commit, and looking twice stores nothing.
  const tree = await withHomeErrors(workspace, () =>
    importTree({
      workspace,
      root: workspace,
      files,
      ref: 'refs/berth/working-tree',
      message: 'Working tree\n',
      time: 0,
      known: findCommit(record, record.head).largeFiles,
    }),
  );
  return { ...tree, source: record.source, head: record.head };
}

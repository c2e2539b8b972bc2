import { listWorkspaceFiles } from './commit-workspace.js';
import { type ImportedTree, importTree } from './import-tree.js';
import { withHomeErrors } from './with-home-errors.js';
import { findCommit, readWorkspaceRecord } from './workspace-record.js';

/** The current state of the workspace, and the commits to compare it with. */
export interface Snapshot extends ImportedTree {
  /** Commit of the copied source. */
  source: string;
  /** The newest accepted commit. */
  head: string;
}

/**
 * Commits the current state of the workspace, including uncommitted changes, without recording the commit.
 *
 * @throws STATE_CONFLICT, ADAPTATION_FAILED when there is no workspace, or a link leaves it.
 */
export async function snapshotWorkspace(workspace: string): Promise<Snapshot> {
  const record = await readWorkspaceRecord(workspace);
  const files = await listWorkspaceFiles(workspace, record);
  // With a fixed time, the same state gives the same commit, so a second snapshot stores nothing.
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

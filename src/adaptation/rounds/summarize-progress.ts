import { runGit } from '../../workspaces/git-repository.js';
import { snapshotWorkspace } from '../../workspaces/snapshot-workspace.js';
import { readWorkspaceRecord } from '../../workspaces/workspace-record.js';

/** Summarizes the changes since the workspace was copied, for an agent that takes over; null if there are none. */
export async function summarizeProgress(workspace: string): Promise<string | null> {
  const { source, head } = await readWorkspaceRecord(workspace);
  const { commit } = await snapshotWorkspace(workspace);
  const log = await runGit(workspace, ['log', '--reverse', '--max-count=20', '--format=- %s', `${source}..${head}`]);
  const stat = await runGit(workspace, ['diff', '--no-renames', '--stat=100', '--stat-count=40', source, commit]);
  const parts = [
    ...(log.trim() === '' ? [] : [`Accepted so far:\n${log.trim()}`]),
    ...(stat.trim() === '' ? [] : [`Changed since the source:\n${stat.trimEnd()}`]),
  ];
  return parts.length === 0 ? null : parts.join('\n\n');
}

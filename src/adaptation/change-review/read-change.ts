import { runGit } from '../../workspaces/git-repository.js';
import { snapshotWorkspace } from '../../workspaces/snapshot-workspace.js';
import { readWorkspaceRecord } from '../../workspaces/workspace-record.js';

/** A file that differs from the source. */
export interface ChangedFile {
  path: string;
  kind: 'added' | 'deleted' | 'modified';
  /** Number of lines; null for a binary file. */
  added: number | null;
  deleted: number | null;
}

export interface Change {
  /** The commit of the unmodified source. */
  source: string;
  /** The current workspace, as a commit outside any branch. */
  commit: string;
  files: ChangedFile[];
}

/** Reads what changed in the workspace since the source, committed or not. A rename counts as a deletion and an addition. */
export async function readChange(workspace: string): Promise<Change> {
  const { source } = await readWorkspaceRecord(workspace);
  const { commit } = await snapshotWorkspace(workspace);
  const compare = (format: string): Promise<string> =>
    runGit(workspace, ['diff-tree', '-r', '-z', '--no-renames', format, source, commit]);
  const [names, numbers] = [await compare('--name-status'), await compare('--numstat')];
  const kinds = parseKinds(names);
  return {
    source,
    commit,
    files: parseNumstat(numbers).map((file) => ({ ...file, kind: kinds.get(file.path) ?? 'modified' })),
  };
}

/** Also matches a change of type: nothing is left of a file that became a link or a nested repository. */
const deletedStatus = /^[DT]/;

/** Parses `M\0path\0A\0path\0…`. */
function parseKinds(text: string): Map<string, ChangedFile['kind']> {
  const fields = text.split('\0');
  const kinds = new Map<string, ChangedFile['kind']>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [status, path] = [fields[index], fields[index + 1]];
    if (path !== undefined)
      kinds.set(path, status === 'A' ? 'added' : deletedStatus.test(status ?? '') ? 'deleted' : 'modified');
  }
  return kinds;
}

/** Parses `3\t1\tpath\0-\t-\tpath\0…`. */
const parseNumstat = (text: string): Omit<ChangedFile, 'kind'>[] =>
  text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [added = '', deleted = '', ...path] = line.split('\t');
      return { path: path.join('\t'), added: parseCount(added), deleted: parseCount(deleted) };
    });

const parseCount = (text: string): number | null => (text === '-' ? null : Number(text));

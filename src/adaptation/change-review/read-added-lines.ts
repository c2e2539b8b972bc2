import { runGit } from '../../workspaces/git-repository.js';
import { mapBounded } from '../../workspaces/map-bounded.js';
import type { Change } from './read-change.js';

/** Reads the lines added to each of these files since the source commit, as one text per file. */
export async function readAddedLines(
  workspace: string,
  { source, commit }: Change,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const options = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-renames', '--unified=0'];
  const diffs = await mapBounded(paths, (path) =>
    runGit(workspace, ['--literal-pathspecs', 'diff', ...options, source, commit, '--', path]),
  );
  return new Map(paths.map((path, index) => [path, parseAdditions(diffs[index] ?? '')]));
}

/** Parses a diff without context lines: after the first hunk header, each line that starts with `+` was added. */
function parseAdditions(diff: string): string {
  const start = diff.indexOf('\n@@ ');
  if (start === -1) return '';
  const lines = diff.slice(start).split('\n');
  return lines
    .filter((line) => line.startsWith('+'))
    .map((line) => line.slice(1))
    .join('\n');
}

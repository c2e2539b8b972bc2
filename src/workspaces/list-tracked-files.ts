import { findSourceRepository, runSourceGit } from './source-git.js';

/**
 * Lists files that git tracks although an ignore file matches them (`git add -f model.pkl`), relative to `root`.
 * Returns none if the source is not in a git repository or git is not installed. Reads the repository regardless of its
 * owner.
 */
export async function listTrackedFiles(root: string, onNote: (note: string) => void): Promise<string[]> {
  const top = await findSourceRepository(root);
  if (top === undefined) return [];
  const args = ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard'];
  const result = await runSourceGit({ top, cwd: root }, args);
  if (!result.failed) return result.stdout.split('\0').filter((path) => path !== '');
  if (result.timedOut) onNote('left out ignored files that git tracks: git took too long to list them');
  return [];
}

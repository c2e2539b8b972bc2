import { findSourceRepository, runSourceGit } from './source-git.js';

/**
 * Files that git tracks although an ignore file matches them (`git add -f model.pkl`), relative to `root`; none where
 * the source is no git repository, or there is no git here. Reads the repository that holds `root`, whoever owns it.
 */
export async function listTrackedFiles(root: string, onNote: (note: string) => void): Promise<string[]> {
  const top = await findSourceRepository(root);
  if (top === undefined) return [];
  const args = ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard'];
  const result = await runSourceGit({ top, cwd: root }, args);
  if (!result.failed) return result.stdout.split('\0').filter((path) => path !== '');
  if (result.timedOut) onNote('ignored files that git tracks are left out: git took too long to list them');
  return [];
}

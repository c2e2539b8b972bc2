import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildGitEnvironment, createRepository } from './git-repository.js';
import { getRevisionHistoryPath, readRevisionHistory, type SourceHistory } from './source-history.js';

/**
 * Makes a copy of a revision's code a git repository with the history that version tools need. `top` contains the copy at
 * the history's prefix. If the source was clean, git reports the copy as clean although Berth has changed it.
 */
export async function restoreHistory(directory: string, top: string): Promise<void> {
  const history = await readRevisionHistory(directory);
  if (history === undefined) return;
  const archive = getRevisionHistoryPath(directory);
  const repository = join(top, '.git');
  await createRepository(repository);
  await cp(archive, join(repository, 'objects', 'pack'), {
    recursive: true,
    filter: (path) => !/\.json$|refs$|shallow$|alternates$/.test(path),
  });
  for (const name of ['packed-refs', 'shallow']) await cp(join(archive, name), join(repository, name));
  await cp(join(archive, 'alternates'), join(repository, 'objects', 'info', 'alternates'));
  await writeHead(repository, history);
  const git = (args: string[], input = '') =>
    execa('git', args, {
      cwd: top,
      env: buildGitEnvironment(repository, { GIT_WORK_TREE: top }),
      extendEnv: false,
      input,
      stripFinalNewline: false,
    });
  await git(['config', 'status.showUntrackedFiles', 'no']);
  await git(['read-tree', 'HEAD']);
  if (!history.isClean) return;
  const { stdout } = await git(['ls-files', '-z']);
  await git(['update-index', '-z', '--assume-unchanged', '--stdin'], stdout);
}

async function writeHead(repository: string, { commit, branch }: SourceHistory): Promise<void> {
  if (branch === null) return await writeFile(join(repository, 'HEAD'), `${commit}\n`);
  const file = join(repository, 'refs', 'heads', branch);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${commit}\n`);
  await writeFile(join(repository, 'HEAD'), `ref: refs/heads/${branch}\n`);
}

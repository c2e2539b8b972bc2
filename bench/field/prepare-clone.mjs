import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Provides the repository at its commit: a clone in `from` (OWNER/NAME, OWNER+NAME or NAME) at this commit, else a local
 * clone of it, else a clone of the published repository.
 */
export async function obtainClone({ slug, commit }, { from, directory }) {
  if (from === undefined) return await clone(`https://github.com/${slug}`, slug, commit, directory);
  const [owner, name] = slug.split('/');
  const found = [slug, `${owner}+${name}`, name].map((path) => join(from, path)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${slug} is not in ${from}: clone it to ${join(from, slug)}.`);
  const head = await readHead(found);
  return head === commit ? found : await clone(found, slug, commit, directory);
}

/** Clones with tags and history, from which some packages read their version, but only with the files of this commit. */
async function clone(source, slug, commit, directory) {
  const target = join(directory, 'clones', slug);
  if (existsSync(target)) return target;
  const partial = source.startsWith('https:') ? ['--filter=blob:none'] : ['--shared'];
  await git(['clone', '--quiet', '--no-checkout', ...partial, source, target], slug);
  await git(['-C', target, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', commit], slug);
  return target;
}

async function readHead(path) {
  const { stdout, failed } = await execa('git', ['-C', path, 'rev-parse', 'HEAD'], { reject: false });
  return failed ? null : stdout.trim();
}

async function git(argv, slug) {
  const env = { GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1' };
  const { failed, stderr } = await execa('git', argv, { reject: false, timeout: 600_000, env });
  if (failed) throw new Error(`git ${argv[0]} of ${slug} failed: ${stderr.trim().split('\n').at(-1)}`);
}

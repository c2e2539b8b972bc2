import { join } from 'node:path';
import { execa } from 'execa';
import type { SourceVersion } from '../contract/source-version.js';
import { gitEnvironment } from './git-repository.js';
import { findRepository, harmless } from './tracked-files.js';

/** Milliseconds; git walks the history back to the tag. */
const timeout = 10_000;

/**
 * What `git describe` says of a source: packages that take their version from git ask for it, and our copy has no
 * history. Null where the source is no git repository, has no tag with a number in it, or there is no git here.
 */
export async function describeSource(root: string): Promise<SourceVersion | null> {
  const top = await findRepository(root);
  if (top === undefined) return null;
  const settings = harmless.flatMap((setting) => ['-c', setting]);
  const result = await execa('git', [...settings, 'describe', '--tags', '--long', '--match', '*[0-9]*', 'HEAD'], {
    cwd: root,
    env: gitEnvironment(join(top, '.git'), { GIT_WORK_TREE: top }),
    extendEnv: false,
    reject: false,
    timeout,
    killSignal: 'SIGKILL',
    stdin: 'ignore',
  });
  const [, tag, distance] = /^(.+)-(\d+)-g[0-9a-f]+$/.exec(result.failed ? '' : result.stdout) ?? [];
  return tag === undefined ? null : { tag, distance: Number(distance) };
}

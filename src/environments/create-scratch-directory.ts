import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Creates an empty directory in `parent`, which the caller removes. Its name contains the process id: a later call
 * removes the directories of killed processes.
 */
export async function createScratchDirectory(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  const prefix = `.making-${name}-`;
  const siblings = (await readdir(parent)).filter((sibling) => sibling.startsWith(prefix));
  const abandoned = siblings.filter((sibling) => !isAlive(Number.parseInt(sibling.slice(prefix.length), 10)));
  await Promise.all(abandoned.map((sibling) => rm(join(parent, sibling), { recursive: true, force: true })));
  return await mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

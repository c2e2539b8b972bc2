import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * An empty directory of this process in `parent`, whose maker removes it. Its name tells the process, so that the next
 * one removes what a killed one left.
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

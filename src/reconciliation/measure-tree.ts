import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const blockBytes = 512;

/** Computes the bytes that removing a tree frees. Files with hard links outside of it, as in a package cache, stay. */
export async function measureTree(root: string): Promise<number> {
  const linked = new Map<number, { bytes: number; otherLinks: number }>();
  let total = 0;
  for (const pending = [root]; pending.length > 0; ) {
    const path = pending.pop() as string; // the queue is not empty
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) continue;
    const bytes = stats.blocks * blockBytes;
    if (stats.isDirectory()) {
      total += bytes;
      pending.push(...(await readdir(path).catch(() => [])).map((name) => join(path, name)));
    } else if (stats.nlink === 1) total += bytes;
    else linked.set(stats.ino, { bytes, otherLinks: (linked.get(stats.ino)?.otherLinks ?? stats.nlink) - 1 });
  }
  for (const { bytes, otherLinks } of linked.values()) if (otherLinks === 0) total += bytes;
  return total;
}

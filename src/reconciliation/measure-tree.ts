import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const blockBytes = 512;

/** Bytes that the removal of a tree frees: what is linked from elsewhere (a package cache) stays on the disk. */
export async function measureTree(root: string): Promise<number> {
  const linked = new Map<number, { bytes: number; left: number }>();
  let total = 0;
  for (const pending = [root]; pending.length > 0; ) {
    const path = pending.pop() as string; // there: the queue is not empty
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) continue;
    const bytes = found.blocks * blockBytes;
    if (found.isDirectory()) {
      total += bytes;
      pending.push(...(await readdir(path).catch(() => [])).map((name) => join(path, name)));
    } else if (found.nlink === 1) total += bytes;
    else linked.set(found.ino, { bytes, left: (linked.get(found.ino)?.left ?? found.nlink) - 1 });
  }
  for (const { bytes, left } of linked.values()) if (left === 0) total += bytes;
  return total;
}

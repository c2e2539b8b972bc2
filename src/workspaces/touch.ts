import { utimes } from 'node:fs/promises';

/** Something shared says by its directory's time when it was last used. What is not there (yet) needs no note. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

import { utimes } from 'node:fs/promises';

/** Records the use of a shared resource: the modification time of its directory. Does nothing if it does not exist. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

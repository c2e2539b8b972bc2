import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';

/**
 * Removes a directory or file with all below it, and proves that it is gone. What is not there is fine. Links are
 * removed, never followed. Throws UNDO_INCOMPLETE with the path and the reason.
 */
export async function removeTree(path: string): Promise<void> {
  const failure = await removeOnce(path).catch(async (error) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') return error;
    await makeWritable(path).catch(() => {});
    return removeOnce(path).catch((second) => second);
  });
  if (!(await exists(path))) return;
  const why = failure instanceof Error ? failure.message : 'it was made again meanwhile';
  throw new BerthError('UNDO_INCOMPLETE', `${path} still exists: ${why}`, { path }, { cause: failure });
}

const removeOnce = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 2 });

/** Only directories matter: to remove an entry one must be able to write to its directory. */
async function makeWritable(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(path, entry.name));
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );

import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../errors.js';

/**
 * Removes a directory or file recursively and verifies that it is gone. Succeeds if it does not exist. Removes links
 * without following them.
 *
 * @throws UNDO_INCOMPLETE when the path still exists.
 */
export async function removeTree(path: string): Promise<void> {
  const failure = await removeOnce(path).catch(async (error) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') return error;
    await makeWritable(path).catch(() => {});
    return removeOnce(path).catch((second) => second);
  });
  if (!(await exists(path))) return;
  const reason = failure instanceof Error ? failure.message : 'it was created again';
  throw new BerthError('UNDO_INCOMPLETE', `${path} still exists: ${reason}`, { path }, { cause: failure });
}

const removeOnce = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 2 });

/** Makes all directories writable, which is required to remove their entries. */
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

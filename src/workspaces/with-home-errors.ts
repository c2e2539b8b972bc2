import { BerthError, toDiskError } from '../errors.js';

/** What a misplaced home says, by error code of the system. */
const reasons: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of the path is a file',
  EIO: 'the disk reports an error',
};

/** What the disk does not let Berth do below its home as DISK_FULL or HOME_UNUSABLE, with the path; anything else as it is. */
function toHomeError(error: unknown, path: string): unknown {
  const refused = toDiskError(error, path);
  if (refused !== undefined) return refused;
  const { code } = error as NodeJS.ErrnoException;
  const reason = reasons[code ?? ''];
  if (error instanceof BerthError || reason === undefined) return error;
  return new BerthError('HOME_UNUSABLE', `cannot use ${path}: ${reason}`, { path }, { cause: error });
}

/** Runs a step that works below `path`. Throws DISK_FULL or HOME_UNUSABLE where the disk does not let it. */
export async function withHomeErrors<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw toHomeError(error, path);
  }
}

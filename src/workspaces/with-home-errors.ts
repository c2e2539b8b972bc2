import { BerthError, toDiskError } from '../errors.js';

/** Reasons why a home is unusable, by system error code. */
const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is a file',
  EIO: 'the disk reports an error',
};

/** Converts file system errors to DISK_FULL or HOME_UNUSABLE with the path. Returns other errors unchanged. */
function toHomeError(error: unknown, path: string): unknown {
  const diskError = toDiskError(error, path);
  if (diskError !== undefined) return diskError;
  const { code } = error as NodeJS.ErrnoException;
  const reason = reasons[code ?? ''];
  if (error instanceof BerthError || reason === undefined) return error;
  return new BerthError('HOME_UNUSABLE', `cannot use ${path}: ${reason}`, { path }, { cause: error });
}

/**
 * Runs a step that writes below `path`.
 *
 * @throws DISK_FULL, HOME_UNUSABLE when the file system refuses the step.
 */
export async function withHomeErrors<Result>(path: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw toHomeError(error, path);
  }
}

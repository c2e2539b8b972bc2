import { BerthError } from '../../errors.js';

/** Creates the error for a manifest that is invalid in its own format. `line` counts from 1. */
export function manifestInvalidError(
  file: string,
  line: number | undefined,
  message: string,
  cause?: unknown,
): BerthError {
  const location = line === undefined ? file : `${file}:${line}`;
  return new BerthError('MANIFEST_INVALID', `${location}: ${message}`, { file, evidence: message }, { cause });
}

import { BerthError } from '../../errors.js';

/** A manifest that its own format refuses; `line` counts from 1. */
export function manifestInvalidError(
  file: string,
  line: number | undefined,
  message: string,
  cause?: unknown,
): BerthError {
  const place = line === undefined ? file : `${file}:${line}`;
  return new BerthError('MANIFEST_INVALID', `${place}: ${message}`, { file, evidence: message }, { cause });
}

import { randomUUID } from 'node:crypto';
import { BerthError } from '../../errors.js';

/** Matches IDs that are safe in a workflow ID and on a command line. */
const pattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

export const createRunId = (): string => randomUUID();

/**
 * Builds the workflow ID of a run. Names have no dot, so every pair has a different one.
 *
 * @throws RUN_ID_INVALID when the ID has other characters than letters, digits, `_` and `-`.
 */
export function buildRunWorkflowId(name: string, id: string): string {
  if (pattern.test(id)) return `run-${name}.${id}`;
  throw new BerthError('RUN_ID_INVALID', `${JSON.stringify(id)} is not a valid run ID`);
}

import { randomUUID } from 'node:crypto';
import { BerthError } from '../../errors.js';

/** As a part of a workflow's id and of a command line. */
const pattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

export const createRunId = (): string => randomUUID();

/** The dot is in no name, so no two pairs have the same id. Throws RUN_ID_INVALID. */
export function buildRunWorkflowId(name: string, id: string): string {
  if (pattern.test(id)) return `run-${name}.${id}`;
  throw new BerthError('RUN_ID_INVALID', `${JSON.stringify(id)} cannot name a run`);
}

import type { ErrorCode } from '../errors.js';

/** Failures that an agent may be able to fix, given the evidence. */
const repairable: ReadonlySet<string> = new Set<ErrorCode>([
  'ADAPTATION_FAILED',
  'MANIFEST_INVALID',
  'PYTHON_SYNTAX',
  'DEPENDENCY_UNRESOLVED',
  'DEPENDENCY_INSTALL',
  'BUILD_FAILED',
  'IMPORT_FAILED',
  'START_FAILED',
  'NOT_READY',
  'CONTRACT_FAILED',
]);

/** Returns true if a failure may go back to an agent as evidence. Workflows use this, so it needs neither Node nor zod. */
export const isRepairable = (code: string): boolean => repairable.has(code);

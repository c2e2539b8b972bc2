import type { ErrorCode } from '../errors.js';

/** Failures whose cause may lie in what an agent changed: shown the evidence, it can mend them. */
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

/** Whether a failure may go back to an agent as evidence. For workflows too: nothing here needs Node or zod. */
export const isRepairable = (code: string): boolean => repairable.has(code);

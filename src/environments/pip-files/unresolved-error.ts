import { BerthError } from '../../errors.js';

/** A requirement file that cannot be used, in one sentence that begins with its place. */
export const unresolvedError = (message: string): BerthError => new BerthError('DEPENDENCY_UNRESOLVED', message);

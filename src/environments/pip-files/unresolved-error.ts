import { BerthError } from '../../errors.js';

/** Creates the error for an invalid requirement file. The message starts with its location. */
export const unresolvedError = (message: string): BerthError => new BerthError('DEPENDENCY_UNRESOLVED', message);

import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { listHidingErrors } from './rank-entry.js';

/** Returns the PYTHON_SYNTAX error of a file that may hide the entry, with file, line and text. */
export function findHidingSyntaxError(facts: Facts): BerthError | undefined {
  const [broken] = listHidingErrors(facts, Number.POSITIVE_INFINITY);
  return broken && describeSyntaxError(broken);
}

/** Creates the PYTHON_SYNTAX error for a file. */
export function describeSyntaxError({ file, line, message, text }: Facts['syntaxErrors'][number]): BerthError {
  const evidence = `${file}:${line}: ${message}\n    ${text}`;
  return new BerthError('PYTHON_SYNTAX', `${file}:${line}: ${message}`, { file, line, evidence });
}

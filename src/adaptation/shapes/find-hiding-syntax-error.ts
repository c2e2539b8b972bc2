import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { listHidingErrors } from './rank-entry.js';

/** Why nothing was recognized, when a file that does not parse may hide it: PYTHON_SYNTAX with file, line and text. */
export function findHidingSyntaxError(facts: Facts): BerthError | undefined {
  const [broken] = listHidingErrors(facts, Number.POSITIVE_INFINITY);
  return broken && describeSyntaxError(broken);
}

/** What Python says about a file, with the line. */
export function describeSyntaxError({ file, line, message, text }: Facts['syntaxErrors'][number]): BerthError {
  const evidence = `${file}:${line}: ${message}\n    ${text}`;
  return new BerthError('PYTHON_SYNTAX', `${file}:${line}: ${message}`, { file, line, evidence });
}

import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { syntaxError } from './find-entry.js';

/** Classes that an error lists. */
const listed = 8;

/**
 * The error for a repository in which no shape was recognised, when nobody else can adapt it: PYTHON_SYNTAX when files
 * that cannot be parsed may hide the callable, else ENTRY_NOT_FOUND with what there is instead.
 */
export function describeNothingRecognised(facts: Facts): BerthError {
  const [broken] = facts.syntaxErrors.toSorted((left, right) => depth(left.file) - depth(right.file));
  if (broken !== undefined) return syntaxError(broken);
  const looked = 'no function predict or run, no class with predict, run or __call__, no cog.yaml, no single function';
  return new BerthError(
    'ENTRY_NOT_FOUND',
    `there is nothing to call by convention: ${looked}. ${describeContent(facts)}`,
  );
}

const depth = (file: string): number => file.split('/').length;

function describeContent({ entryPoints, frameworks }: Facts): string {
  if (frameworks.length > 0)
    return `There is ${frameworks.map(({ name, evidence }) => `${name} (${evidence})`).join(', ')}.`;
  const classes = entryPoints.filter(({ kind }) => kind === 'class').slice(0, listed);
  if (classes.length === 0) return 'There is no public function or class at module level at all.';
  return `There are classes: ${classes.map(({ module, callable }) => `${module}:${callable}`).join(', ')}.`;
}

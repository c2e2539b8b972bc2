import { listVariableNames } from '../pip-files/variables.js';
import type { Requirements } from './read-requirements.js';

/** Returns the names of the variables in requirements and options (`${TOKEN}`), without duplicates. */
export const listVariables = ({ requirements, constraints, options }: Requirements['pip']): string[] => [
  ...new Set([...options, ...requirements, ...constraints].flatMap(({ text }) => listVariableNames(text))),
];

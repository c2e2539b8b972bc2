import { listVariableNames } from '../pip-files/variables.js';
import type { Requirements } from './read-requirements.js';

/** Names of the variables that requirements and their options mention (`${TOKEN}`), each once. */
export const listVariables = ({ requirements, constraints, options }: Requirements['pip']): string[] => [
  ...new Set([...options, ...requirements, ...constraints].flatMap(({ text }) => listVariableNames(text))),
];

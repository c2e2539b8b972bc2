import type { PipFiles } from './read-pip-files.js';

/** Addresses of the indexes that requirement files name and that credentials belong to. */
export const listAuthenticatedIndexes = ({ options }: PipFiles): string[] =>
  options.flatMap(({ text }) => /^--(?:extra-)?index-url (\S*@\S*)$/.exec(text)?.[1] ?? []);

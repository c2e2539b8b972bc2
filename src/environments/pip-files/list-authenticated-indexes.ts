import type { PipFiles } from './pip-files.js';

/** Returns the URLs of indexes in requirement files that contain credentials. */
export const listAuthenticatedIndexes = ({ options }: PipFiles): string[] =>
  options.flatMap(({ text }) => /^--(?:extra-)?index-url (\S*@\S*)$/.exec(text)?.[1] ?? []);

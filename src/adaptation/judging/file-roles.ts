import { basename, extname } from 'node:path/posix';

const sourceExtensions = new Set([
  ...['.py', '.pyx', '.ipynb', '.js', '.mjs', '.cjs', '.jsx', '.ts', '.tsx', '.go', '.rs', '.java', '.kt', '.scala'],
  ...['.c', '.cc', '.cpp', '.h', '.hpp', '.cu', '.rb', '.php', '.jl', '.r', '.sh', '.cs', '.swift'],
]);

export const isTest = (path: string): boolean =>
  /(^|\/)(tests?|__tests__|spec)\//i.test(path) ||
  /^(test_.*|.*_test|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$|_test\.go$/i.test(basename(path));

export const isSourceCode = (path: string): boolean => sourceExtensions.has(extname(path).toLowerCase());

/** Data that says what must come out. */
export const isExampleFile = (path: string): boolean =>
  /^(examples?|contract|expected)([._-].*)?\.(jsonl?|ndjson|ya?ml)$/i.test(basename(path));

/** Prose: an example in it is one that is explained. */
export const isProse = (path: string): boolean =>
  ['.md', '.rst', '.txt', '.adoc'].includes(extname(path).toLowerCase());

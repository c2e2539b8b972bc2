import { BerthError, type ErrorCode } from '../../errors.js';
import type { FailureContext, MissingFinder } from './failure-context.js';
import { findFilesNextToCode } from './find-files-next-to-code.js';
import { findIgnoredFiles } from './find-ignored-files.js';
import { findLargeFilePointers } from './find-large-file-pointers.js';
import { findMissingLibraries } from './find-missing-libraries.js';
import { findMissingModules } from './find-missing-modules.js';
import { findMissingSubmodules } from './find-missing-submodules.js';
import { findMissingVariables } from './find-missing-variables.js';

/** Ordered by likelihood: files excluded from the copy explain more than undeclared requirements. */
const finders: MissingFinder[] = [
  findMissingSubmodules,
  findLargeFilePointers,
  findIgnoredFiles,
  findFilesNextToCode,
  findMissingVariables,
  findMissingLibraries,
  findMissingModules,
];

/** Errors whose evidence is an exception of the software. */
const explainedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'IMPORT_FAILED',
  'START_FAILED',
  'NOT_READY',
  'CONTRACT_FAILED',
  'CALL_FAILED',
]);

/** Maximum sentences added to an error: the first cause usually explains the rest. */
const maxSentences = 3;

/**
 * Adds to an error what is missing, because the copy excluded it or no manifest declares it, and how to provide it.
 * Returns the same error if nothing is found.
 */
export async function explainMissing(
  error: BerthError,
  gatherContext: () => Promise<FailureContext>,
): Promise<BerthError> {
  if (!explainedCodes.has(error.code)) return error;
  const text = `${error.message}\n${error.details.evidence ?? ''}`;
  const sentences = await gatherContext().then(
    (context) => findMissing(text, context),
    () => [], // without context there is no explanation, but the error must not be hidden
  );
  if (sentences.length === 0) return error;
  const message = [error.message, ...sentences].join('; ');
  return new BerthError(error.code, message, error.details, { cause: error });
}

/**
 * Finds what is missing according to a failure's text, in sentences without a final period. A failing search finds
 * nothing.
 */
export async function findMissing(text: string, context: FailureContext): Promise<string[]> {
  const found: string[] = [];
  for (const find of finders) {
    if (found.length === 0 || find !== findMissingModules) found.push(...(await find(text, context).catch(() => [])));
  }
  return found.slice(0, maxSentences);
}

import { BerthError, type ErrorCode } from '../../errors.js';
import type { FailureContext, MissingFinder } from './failure-context.js';
import { findFilesBesideCode } from './find-files-beside-code.js';
import { findIgnoredFiles } from './find-ignored-files.js';
import { findLargeFilePointers } from './find-large-file-pointers.js';
import { findMissingLibraries } from './find-missing-libraries.js';
import { findMissingModules } from './find-missing-modules.js';
import { findMissingSubmodules } from './find-missing-submodules.js';
import { findMissingVariables } from './find-missing-variables.js';

/** The likeliest first: what was left out explains more than what was not declared. */
const finders: MissingFinder[] = [
  ...[findMissingSubmodules, findLargeFilePointers, findIgnoredFiles, findFilesBesideCode],
  ...[findMissingVariables, findMissingLibraries, findMissingModules],
];

/** Of these an exception of the software's own is the evidence. */
const explainedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['IMPORT_FAILED', 'START_FAILED', 'NOT_READY', 'CONTRACT_FAILED', 'CALL_FAILED'] as const),
]);

/** Sentences that an error gets at most: what is missing first explains the rest. */
const maxSentences = 3;

/**
 * The error, with what its software misses that the copy left out or nobody declared, and how to give it to the software.
 * The same error where nothing of the kind is found.
 */
export async function explainMissing(
  error: BerthError,
  surroundings: () => Promise<FailureContext>,
): Promise<BerthError> {
  if (!explainedCodes.has(error.code)) return error;
  const text = `${error.message}\n${error.details.evidence ?? ''}`;
  const sentences = await surroundings().then(
    (found) => findMissing(text, found),
    () => [], // what cannot be looked at explains nothing, and hides nothing either
  );
  if (sentences.length === 0) return error;
  const message = [error.message, ...sentences].join('; ');
  return new BerthError(error.code, message, error.details, { cause: error });
}

/** What the text of a failure misses, in sentences without their stop. A look that fails finds nothing. */
export async function findMissing(text: string, surroundings: FailureContext): Promise<string[]> {
  const found: string[] = [];
  for (const find of finders) {
    if (found.length === 0 || find !== findMissingModules)
      found.push(...(await find(text, surroundings).catch(() => [])));
  }
  return found.slice(0, maxSentences);
}

import type { Contract } from '../../contract/example.js';
import { BerthError } from '../../errors.js';
import { runGit } from '../../workspaces/git-repository.js';
import { restoreFiles } from '../../workspaces/restore-files.js';
import { type Change, type ChangedFile, readChange } from './changed-files.js';
import { isExampleFile, isSourceCode, isTest } from './file-roles.js';
import { findHardCoded } from './hard-coded.js';

/**
 * Refuses what no adaptation may do, whatever it claims: delete, empty or replace the user's code, delete or weaken
 * tests, touch example files, do nothing but delete, write an example into the code. What it took away is put back, so
 * that the next round begins with it.
 *
 * Throws ADAPTATION_FAILED with evidence for the agent.
 */
export async function judgeChange(workspace: string, contract: Contract): Promise<void> {
  const change = await readChange(workspace);
  const taken = await findTaken(workspace, change);
  const faults = [
    ...taken.map(({ path, fault }) => `${path}: ${fault}`),
    ...findOnlyDeletions(change),
    ...(await findHardCoded(workspace, change, contract)),
  ];
  if (faults.length === 0) return;
  const restored = await restoreFiles(
    workspace,
    taken.map(({ path }) => path),
  );
  const putBack = restored.length === 0 ? [] : [`Berth has put back as they were: ${restored.join(', ')}`];
  throw new BerthError('ADAPTATION_FAILED', `the change is refused: ${summarise(faults)}`, {
    evidence: [...faults, ...putBack].join('\n'),
  });
}

const summarise = ([first = '', ...others]: string[]): string =>
  others.length === 0 ? first : `${first}; and ${others.length} more`;

interface Taken {
  path: string;
  fault: string;
}

async function findTaken(workspace: string, { source, files }: Change): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const file of files.filter(({ kind }) => kind !== 'added')) {
    const fault = findFault(file) ?? (await findReplacement(workspace, source, file));
    if (fault !== undefined) taken.push({ path: file.path, fault });
  }
  return taken;
}

function findFault({ path, kind, deleted }: ChangedFile): string | undefined {
  if (isTest(path)) {
    if (kind === 'deleted') return 'a test was deleted';
    return (deleted ?? 0) > 0 ? 'lines of a test were deleted or changed' : undefined;
  }
  if (isExampleFile(path)) return 'a file of examples was changed';
  return kind === 'deleted' && isSourceCode(path) ? 'the user’s code was deleted' : undefined;
}

/** Files below this size are often changed as a whole. */
const fewLines = 10;

/** Emptied, or most of it gone with far less put in its place. */
async function findReplacement(workspace: string, source: string, file: ChangedFile): Promise<string | undefined> {
  const { path, added, deleted } = file;
  if (!isSourceCode(path) || added === null || deleted === null || deleted === 0) return undefined;
  if (added > 0 && (deleted < fewLines || added * 2 > deleted)) return undefined;
  const lines = (await runGit(workspace, ['cat-file', 'blob', `${source}:${path}`])).trimEnd().split('\n').length;
  return deleted >= lines * 0.9 ? `${deleted} of its ${lines} lines of the user’s code were deleted` : undefined;
}

function findOnlyDeletions({ files }: Change): string[] {
  const isOnlyDeleting = files.length > 0 && files.every(({ kind, added }) => kind === 'deleted' || added === 0);
  return isOnlyDeleting && files.some(({ kind, deleted }) => kind === 'deleted' || (deleted ?? 0) > 0)
    ? [`nothing was added, something only deleted: ${files.map(({ path }) => path).join(', ')}`]
    : [];
}

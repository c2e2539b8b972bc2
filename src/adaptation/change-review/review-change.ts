import type { Contract } from '../../contract/example.js';
import { BerthError } from '../../errors.js';
import { restoreFiles } from '../../workspaces/restore-files.js';
import { findDamagedFiles } from './find-damaged-files.js';
import { findHardCoded } from './find-hard-coded.js';
import { type Change, readChange } from './read-change.js';

/**
 * Rejects a change that no adaptation may make: deleting, emptying or replacing the user's code or data, deleting or
 * changing tests, touching example files, only deleting, or hard-coding an example. Restores damaged files, so that the
 * next round starts with them.
 *
 * @throws ADAPTATION_FAILED with evidence for the agent
 */
export async function reviewChange(workspace: string, contract: Contract): Promise<void> {
  const change = await readChange(workspace);
  const damagedFiles = await findDamagedFiles(workspace, change);
  const faults = [
    ...damagedFiles.map(({ path, damage }) => `${path}: ${damage}`),
    ...findDeletionOnlyChange(change),
    ...(await findHardCoded(workspace, change, contract)),
  ];
  if (faults.length === 0) return;
  const restored = await restoreFiles(
    workspace,
    damagedFiles.map(({ path }) => path),
  );
  const note = restored.length === 0 ? [] : [`Berth restored these files: ${restored.join(', ')}`];
  throw new BerthError('ADAPTATION_FAILED', `the change was rejected: ${summarize(faults)}`, {
    evidence: [...faults, ...note].join('\n'),
  });
}

const summarize = ([first = '', ...others]: string[]): string =>
  others.length === 0 ? first : `${first}; and ${others.length} more`;

function findDeletionOnlyChange({ files }: Change): string[] {
  const isOnlyDeleting = files.length > 0 && files.every(({ kind, added }) => kind === 'deleted' || added === 0);
  return isOnlyDeleting && files.some(({ kind, deleted }) => kind === 'deleted' || (deleted ?? 0) > 0)
    ? [`the change only deletes: ${files.map(({ path }) => path).join(', ')}`]
    : [];
}

import type { Contract } from '../../contract/example.js';
import { BerthError } from '../../errors.js';
import { restoreFiles } from '../../workspaces/restore-files.js';
import { findDamagedFiles } from './find-damaged-files.js';
import { findHardCoded } from './find-hard-coded.js';
import { type Change, readChange } from './read-change.js';

/**
 * Refuses what no adaptation may do, whatever it claims and whatever its own code can: delete, empty or replace the user's
 * code or data, delete or weaken tests, touch example files, do nothing but delete, write an example into the code. What
 * was taken away is put back, so that the next round begins with it.
 *
 * @throws BerthError ADAPTATION_FAILED with evidence for the agent
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
  const putBack = restored.length === 0 ? [] : [`Berth has put back as they were: ${restored.join(', ')}`];
  throw new BerthError('ADAPTATION_FAILED', `the change is refused: ${summarize(faults)}`, {
    evidence: [...faults, ...putBack].join('\n'),
  });
}

const summarize = ([first = '', ...others]: string[]): string =>
  others.length === 0 ? first : `${first}; and ${others.length} more`;

function findDeletionOnlyChange({ files }: Change): string[] {
  const isOnlyDeleting = files.length > 0 && files.every(({ kind, added }) => kind === 'deleted' || added === 0);
  return isOnlyDeleting && files.some(({ kind, deleted }) => kind === 'deleted' || (deleted ?? 0) > 0)
    ? [`nothing was added, something only deleted: ${files.map(({ path }) => path).join(', ')}`]
    : [];
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';

/** The image whose software was seen to need it: mended code is another one, and begins read-only again. */
interface WritableRoot {
  image: string;
}

type PlanState = Pick<RunPlan, 'stateDirectory'>;

const getRecordPath = ({ stateDirectory }: PlanState): string => join(stateDirectory, 'writable-root.json');

/** What the system, Python and SQLite say; SQLite says the same of other things, too, where the root can be written. */
const readOnlyPattern =
  /Read-only file system|\bErrno 30\b|\bEROFS\b|unable to open database file|attempt to write a readonly database/i;

/** True of a failure, under a read-only root, that a writable one may spare. */
export const isReadOnlyRootFailure = (text: string): boolean => readOnlyPattern.test(text);

/** From here on the revision is started with a writable root, for as long as it is this image. */
export const recordWritableRoot = (plan: PlanState, image: string): Promise<void> =>
  writeDurably(getRecordPath(plan), JSON.stringify({ image } satisfies WritableRoot));

export async function needsWritableRoot(plan: PlanState, image: string): Promise<boolean> {
  const text = await readFile(getRecordPath(plan), 'utf8').catch(() => undefined);
  return text !== undefined && (JSON.parse(text) as WritableRoot).image === image; // our own file
}

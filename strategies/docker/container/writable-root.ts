import type { RunPlan } from '../../../src/contract/handle.js';
import { StateFile } from '../../../src/runners/state-file.js';

/** Image of software that needs a writable root. Changed code is another image, and starts read-only again. */
const writableRoot = new StateFile<{ image: string }>('writable-root.json');

/** Messages of the system, Python and SQLite. SQLite has the same messages for problems of a writable root. */
const readOnlyPattern =
  /Read-only file system|\bErrno 30\b|\bEROFS\b|unable to open database file|attempt to write a readonly database/i;

/** Tells whether a writable root may prevent the failure. */
export const isReadOnlyRootFailure = (text: string): boolean => readOnlyPattern.test(text);

/** Makes later starts of the revision use a writable root while it has this image. */
export const recordWritableRoot = (plan: Pick<RunPlan, 'stateDirectory'>, image: string): Promise<void> =>
  writableRoot.write(plan, { image });

export const needsWritableRoot = async (plan: Pick<RunPlan, 'stateDirectory'>, image: string): Promise<boolean> =>
  (await writableRoot.read(plan))?.image === image;

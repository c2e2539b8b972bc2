import { undoRevision } from '../reconciliation/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Undoes one revision: nothing of it is left, outside or on disk. */
export const discardRevision = ({ home }: Dependencies) =>
  step(
    ({ name, revision }: { name: string; revision: string }) => undoRevision(home, name, revision),
    ({ name }) => ({ name }),
  );

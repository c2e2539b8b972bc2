import { undoRevision } from '../reconciliation/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

/** Undoes one revision: ends its processes, and removes its resources and files. */
export const discardRevision = ({ home }: Dependencies) =>
  step(
    ({ name, revision }: { name: string; revision: string }) => undoRevision(home, name, revision),
    ({ name }) => ({ name }),
  );

import { digestTree } from '../workspaces/index.js';
import { step } from './step.js';

/** What the source is now, by its digest. The source is only read. */
export const digestSource = () =>
  step(
    async ({ source }: { source: string }) => ({ digest: await digestTree(source) }),
    ({ source }) => ({ path: source }),
  );

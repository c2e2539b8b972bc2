import type { Foundation } from '../contract/revision.js';
import type { AdaptedCode } from '../registry/index.js';
import { digestTree } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface DigestInput {
  source: string;
  /** Revisions that a redeploy might only make once more; absent in histories of an earlier shape. */
  revisions?: CandidateRevision[];
}

interface CandidateRevision extends AdaptedCode {
  id: string;
  strategy: string;
}

export interface SourceDigest {
  digest: string;
  /** Of each revision, as it would be made now; absent in histories of an earlier shape. */
  foundations?: Record<string, Foundation>;
}

/** What the source is now, by its digest, and what else a redeploy would be made of. Nothing is changed. */
export const digestSource = ({ registry }: Pick<Dependencies, 'registry'>) =>
  step(
    async ({ source, revisions = [] }: DigestInput): Promise<SourceDigest> => {
      const digest = await digestTree(source);
      await registry.refresh(); // a strategy may have been written anew since the worker began
      const found = revisions.map(async ({ id, strategy, ...code }) => {
        return [id, await registry.findFoundation(strategy, code)] as const;
      });
      return { digest, foundations: Object.fromEntries(await Promise.all(found)) };
    },
    ({ source }) => ({ path: source }),
  );

import type { Foundation } from '../contract/revision.js';
import type { AdaptedCode } from '../registry/index.js';
import { digestTree } from '../workspaces/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface DigestInput {
  source: string;
  /** Revisions to which the result of a redeploy may be identical. */
  revisions: CandidateRevision[];
}

interface CandidateRevision extends AdaptedCode {
  id: string;
  strategy: string;
}

export interface SourceDigest {
  digest: string;
  /** Current foundation of each revision, by its id. */
  foundations: Record<string, Foundation>;
}

/** Returns the current digest of the source and the current foundations of revisions. Changes nothing. */
export const digestSource = ({ registry }: Pick<Dependencies, 'registry'>) =>
  step(
    async ({ source, revisions }: DigestInput): Promise<SourceDigest> => {
      const digest = await digestTree(source);
      await registry.refresh(); // a strategy may have changed since the worker started
      const foundations = revisions.map(async ({ id, strategy, ...code }) => {
        return [id, await registry.findFoundation(strategy, code)] as const;
      });
      return { digest, foundations: Object.fromEntries(await Promise.all(foundations)) };
    },
    ({ source }) => ({ path: source }),
  );

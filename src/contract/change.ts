import * as z from 'zod';
import type { DeployConfig, Solution } from './deploy-config.js';
import { DeploymentState, LastError } from './deployment-state.js';

/** Difference between a redeploy and the current configuration. Omitted settings stay unchanged. */
export interface Redeployment {
  /** New values replace old ones. `env` is merged by name, `resources` and `solution` by key. */
  changes: Partial<Omit<DeployConfig, 'name' | 'requestedBy' | 'solution'>> & { solution?: Partial<Solution> };
  /** Redeploys even if nothing has changed, and resolves the requirements again, to newer releases if they allow it. */
  isForced: boolean;
  /** Skips a revision that was rolled back before. Set for a redeploy that no person requests. */
  avoidsRolledBack?: boolean;
}

export const ChangeKind = z.enum(['deploy', 'redeploy', 'rollback']);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * Outcome of a change. `live`: callers reach its revision. `unchanged`: there was nothing to do. `failed`: the
 * deployment is unchanged. `abandoned`, `cancelled`: a person ended it. `superseded`: a newer request replaced it.
 */
export const ChangeOutcome = z.enum(['live', 'unchanged', 'failed', 'abandoned', 'cancelled', 'superseded']);
export type ChangeOutcome = z.infer<typeof ChangeOutcome>;

/** A request to change the revision that callers reach. */
export const RequestedChange = z.object({
  /** `c1`, `c2`, … in the order of the requests. */
  id: z.string(),
  kind: ChangeKind,
  /** Requester: `user@machine`, `schedule NAME`, or `berth` for a change that the deployment starts by itself. */
  by: z.string(),
  /** Evidence of an automatic rollback; null if a person requested the change. */
  reason: z.string().nullable(),
  /** ISO 8601. */
  requestedAt: z.string(),
});
export type RequestedChange = z.infer<typeof RequestedChange>;

/** The change in progress. The state of the deployment itself shows what callers reach meanwhile. */
export const CurrentChange = RequestedChange.extend({
  /** Id of the new revision; null until it has one. */
  revision: z.string().nullable(),
  /** `waiting`: its work is kept until `resume` or `abandon`. */
  state: DeploymentState,
  lastError: LastError.nullable(),
});
export type CurrentChange = z.infer<typeof CurrentChange>;

export const PastChange = RequestedChange.extend({
  revision: z.string().nullable(),
  outcome: ChangeOutcome,
  /** The error of a failed change. */
  lastError: LastError.nullable(),
  /** Result in one line. */
  note: z.string(),
  finishedAt: z.string(),
});
export type PastChange = z.infer<typeof PastChange>;

/** The newest finished change, as a list of deployments shows it. */
export const LastChange = PastChange.omit({ lastError: true });
export type LastChange = z.infer<typeof LastChange>;

/** Checks whether a change needs a person's attention: it failed, or was an automatic rollback. */
export const isUnwanted = ({ outcome, kind, by }: Pick<PastChange, 'outcome' | 'kind' | 'by'>): boolean =>
  outcome === 'failed' || (kind === 'rollback' && by === 'berth');

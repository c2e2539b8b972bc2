import * as z from 'zod';
import type { DeployConfig, Solution } from './deploy-config.js';
import { DeploymentState, LastError } from './deployment-state.js';

/** How a redeploy differs from what is deployed. What is left out stays as it is. */
export interface Redeployment {
  /** Replaces; `env` is merged by name, `resources` and `solution` by key. */
  changes: Partial<Omit<DeployConfig, 'name' | 'requestedBy' | 'solution'>> & { solution?: Partial<Solution> };
  /** Also when nothing has changed; requirements are resolved anew, to newer releases where they allow them. */
  isForced: boolean;
  /** Not once more what was rolled back: for a redeploy that no person asks for. */
  avoidsRolledBack?: boolean;
}

export const ChangeKind = z.enum(['deploy', 'redeploy', 'rollback']);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * `live`: callers reach its revision. `unchanged`: there was nothing to do. `failed`: it stays as before. `abandoned` and
 * `cancelled`: by a person. `superseded`: a newer request took its place.
 */
export const ChangeOutcome = z.enum(['live', 'unchanged', 'failed', 'abandoned', 'cancelled', 'superseded']);
export type ChangeOutcome = z.infer<typeof ChangeOutcome>;

/** A change of which revision callers reach, as it was asked for. */
export const RequestedChange = z.object({
  /** `c1`, `c2`, … in the order of the requests. */
  id: z.string(),
  kind: ChangeKind,
  /** Who asked: `user@machine`, `schedule NAME`, or `berth` for what the deployment does by itself. */
  by: z.string(),
  /** Why, where it is not a person's wish: the evidence of an automatic rollback. */
  reason: z.string().nullable(),
  /** ISO 8601. */
  requestedAt: z.string(),
});
export type RequestedChange = z.infer<typeof RequestedChange>;

/** The change that is being made: what callers reach meanwhile is the deployment's own state. */
export const CurrentChange = RequestedChange.extend({
  /** The revision that it brings up; null until it has a name. */
  revision: z.string().nullable(),
  /** `waiting`: its work is kept, for resume or abandon. */
  state: DeploymentState,
  lastError: LastError.nullable(),
});
export type CurrentChange = z.infer<typeof CurrentChange>;

export const PastChange = RequestedChange.extend({
  revision: z.string().nullable(),
  outcome: ChangeOutcome,
  /** What it failed with. */
  lastError: LastError.nullable(),
  /** What came of it, in one line. */
  note: z.string(),
  finishedAt: z.string(),
});
export type PastChange = z.infer<typeof PastChange>;

/** The newest change that is over, as a list of deployments shows it. */
export const LastChange = PastChange.omit({ lastError: true });
export type LastChange = z.infer<typeof LastChange>;

/** Whether it went another way than a person wished: it failed, or was the deployment's own rollback. */
export const isUnwanted = ({ outcome, kind, by }: Pick<PastChange, 'outcome' | 'kind' | 'by'>): boolean =>
  outcome === 'failed' || (kind === 'rollback' && by === 'berth');

import type { ErrorRecord } from '../errors.js';

/** Comparison of a new revision with the one that it replaced. */
export interface Bake {
  /** ISO 8601. */
  until: string;
  previous: { name: string; revision: string };
}

export interface HealthFailure {
  event: 'gone' | 'unresponsive' | 'failing';
  error: ErrorRecord;
}

/** Result of supervision; `none` when nothing happened before its deadline. */
export type SupervisionEvent = { event: 'none' | 'baked' } | HealthFailure;

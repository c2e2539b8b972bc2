/** A resource that belongs to no deployment. */
export interface Orphan {
  /** `process`, `directory`, `environment`, `container`, …; `entry` for a ledger entry whose resource does not exist. */
  kind: string;
  name: string;
  deployment: string | null;
  /** Bytes that its removal frees; null if unknown. */
  bytes: number | null;
  why: string;
}

/** Orphans that are removed together. */
export interface OrphanGroup {
  items: Orphan[];
  /** True if they may be removed without asking the user. */
  isCertain: boolean;
  /** Checks again, removes the items and verifies that they are gone. False if they are no longer orphans. */
  remove(): Promise<boolean>;
}

/** A deployment of this home that may be orphaned, and the reason why it was not judged. */
export interface SkippedDeployment {
  deployment: string;
  why: string;
}

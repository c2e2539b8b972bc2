/** Something that belongs to nothing. */
export interface Orphan {
  /** `process`, `directory`, `environment`, `container`, …; `entry` for what a ledger names and the world lacks. */
  kind: string;
  name: string;
  deployment: string | null;
  /** What its removal frees; null where that is not known. */
  bytes: number | null;
  why: string;
}

/** What goes together, or stays. */
export interface OrphanGroup {
  items: Orphan[];
  /** Beyond doubt: removed without a person. */
  isCertain: boolean;
  /** Looks again, removes what still belongs to nothing, and proves it gone. False when it belongs to something by now. */
  remove(): Promise<boolean>;
}

/** Something of this home that may be left over, and who alone can say so. */
export interface SkippedDeployment {
  deployment: string;
  why: string;
}

/** Something outside Berth that a strategy requires: an engine, a token, a platform. */
export interface Need {
  name: string;
  isMet: boolean;
  /** Description of what was found or is missing. */
  detail: string;
  /** Remedy for the user; null if the need is met. */
  remedy: string | null;
}

/**
 * Finds the needs of a strategy on a provider. Exported by its `needs` module. Changes nothing; returns within seconds.
 */
export type FindNeeds = (provider: string | null) => Promise<Need[]>;

/** Formats unmet needs and their remedies in one line. */
export const describeNeeds = (unmet: readonly Need[]): string =>
  unmet.map(({ name, detail, remedy }) => `${name}: ${detail}${remedy === null ? '' : ` (${remedy})`}`).join('; ');

/** Something outside Berth that a strategy cannot do without: an engine, a token, a platform. */
export interface Need {
  name: string;
  isMet: boolean;
  /** What was found, or what is missing. */
  detail: string;
  /** How to get it; null when it is met. */
  remedy: string | null;
}

/**
 * What a strategy's `needs` module exports: what it cannot do without on this provider. Looks and changes nothing; answers
 * within seconds.
 */
export type FindNeeds = (provider: string | null) => Promise<Need[]>;

/** What is missing and how to get it, in one line. */
export const describeNeeds = (unmet: readonly Need[]): string =>
  unmet.map(({ name, detail, remedy }) => `${name}: ${detail}${remedy === null ? '' : ` (${remedy})`}`).join('; ');

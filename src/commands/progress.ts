/** Steps on their way, told to a person on stderr. */
export interface Progress {
  /** A step begins: the live line on a terminal, nothing otherwise. A step that was open is finished first. */
  begin(step: string): void;
  /** The open step's newest word: `resolving 14 requirements`. */
  update(note: string): void;
  /** The open step is done: one permanent line with its note and duration. */
  finish(note?: string): void;
  /** Takes the live line away, so that something else can be written. */
  clear(): void;
}

/** A word as a shell takes it: quoted where it has to be. */
export const quoteShellWord = (word: string): string =>
  /^[\w./~:@=,+%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** What only its makers need; `tests38` is for a Python of theirs. */
export const isDevelopmentName = (name: string): boolean =>
  /(^|[-_.])(dev|develop|development|test|tests|testing|lint|doc|docs|ci|typing|types|mypy|style|quality|bench|benchmark|release)\d*($|[-_.])/i.test(
    name,
  );

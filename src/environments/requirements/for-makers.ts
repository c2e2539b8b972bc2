/** What only its makers need. */
export const isForMakers = (name: string): boolean =>
  /(^|[-_.])(dev|develop|development|test|tests|testing|lint|doc|docs|ci|typing|types|mypy|style|quality|bench|benchmark|release)($|[-_.])/i.test(
    name,
  );

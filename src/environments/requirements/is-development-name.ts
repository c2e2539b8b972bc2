/** Recognizes the name of requirements for development: `dev`, `docs-requirements`, `tests38`. */
export const isDevelopmentName = (name: string): boolean =>
  /(^|[-_.])(dev|develop|development|test|tests|testing|lint|doc|docs|ci|typing|types|mypy|style|quality|bench|benchmark|release)\d*($|[-_.])/i.test(
    name,
  );

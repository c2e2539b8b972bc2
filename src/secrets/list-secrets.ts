/** Minimum length of a secret. Redacting shorter values (`true`, `info`, `8080`) would blank out ordinary words. */
const minLength = 8;

/** Returns the values of variables that must not be shown. */
export const listSecrets = (env: Record<string, string>): string[] =>
  Object.values(env).filter((value) => value.length >= minLength);

/** Characters of a value that could be a secret: shorter ones (`true`, `info`, `8080`) would blank out ordinary words. */
const shortestSecret = 8;

/** The values among a software's variables that must not be told. */
export const listSecrets = (env: Record<string, string>): string[] =>
  Object.values(env).filter((value) => value.length >= shortestSecret);

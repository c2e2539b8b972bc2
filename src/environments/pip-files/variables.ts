import { pathToFileURL } from 'node:url';

/** As pip and uv write a variable in a requirement file. */
const pattern = /\$\{([A-Z0-9_]+)\}/g;
/** Characters of the shortest value that is taken for a secret: a shorter one would be found in ordinary words. */
const minSecretLength = 4;

export type Variables = Readonly<Record<string, string>>;

/** Names of the variables that a text mentions. */
export const listVariableNames = (text: string): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name);

/** The text with the values in place of the names; a variable without a value stays as it is written. */
export const expandVariables = (text: string, values: Variables): string =>
  text.replaceAll(pattern, (written, name: string) => values[name] ?? written);

/** The text with the names in place of the values: what `fillIn` undoes. */
export function maskValues(text: string, values: Variables): string {
  const forms = Object.entries(values)
    .filter(([, value]) => value.length >= minSecretLength)
    // The longest first: one value may be a part of another.
    .sort(([, one], [, other]) => other.length - one.length);
  return forms.reduce((hidden, [name, value]) => hidden.replaceAll(value, `\${${name}}`), text);
}

/** Stands for the repository in an address, because it lies elsewhere each time. */
export const sourcePlaceholder = 'file://{source}';

/** The text for this machine: variables and the repository's place are filled in. */
export const expandVariablesAndSource = (text: string, source: string, values: Variables): string =>
  expandVariables(text.replaceAll(sourcePlaceholder, pathToFileURL(source).href), values);

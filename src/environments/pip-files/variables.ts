import { pathToFileURL } from 'node:url';

/** Syntax of a variable in requirement files of pip and uv. */
const pattern = /\$\{([A-Z0-9_]+)\}/g;
/** Characters of the shortest value to mask; shorter values occur in ordinary words. */
const minSecretLength = 4;

export type Variables = Readonly<Record<string, string>>;

/** Returns the names of the variables in a text. */
export const listVariableNames = (text: string): string[] => [...text.matchAll(pattern)].map(([, name = '']) => name);

/** Replaces variables by their values. A variable without a value stays as written. */
export const expandVariables = (text: string, values: Variables): string =>
  text.replaceAll(pattern, (written, name: string) => values[name] ?? written);

/** Replaces values by the names of their variables; reverses `expandVariables`. */
export function maskValues(text: string, values: Variables): string {
  const forms = Object.entries(values)
    .filter(([, value]) => value.length >= minSecretLength)
    // Longest first, because one value may be part of another.
    .sort(([, left], [, right]) => right.length - left.length);
  return forms.reduce((masked, [name, value]) => masked.replaceAll(value, `\${${name}}`), text);
}

/** Placeholder for the repository's file URL, which differs between copies. */
export const sourcePlaceholder = 'file://{source}';

/** Replaces variables and the repository's placeholder by their values. */
export const expandVariablesAndSource = (text: string, source: string, values: Variables): string =>
  expandVariables(text.replaceAll(sourcePlaceholder, pathToFileURL(source).href), values);

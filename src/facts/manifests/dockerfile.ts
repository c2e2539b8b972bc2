import type { ManifestFacts } from './manifest.js';

/** The TCP ports that the last stage exposes. One that only the build or the base image knows is not among them. */
export function readDockerfile(_file: string, text: string): ManifestFacts {
  const values = new Map<string, string>();
  let exposes: number[] = [];
  for (const { name, words } of listInstructions(text)) {
    if (name === 'FROM') exposes = [];
    if (name === 'ARG' || name === 'ENV') for (const [key, value] of readPairs(words)) values.set(key, value);
    if (name === 'EXPOSE')
      exposes.push(
        ...words.flatMap((word) => (word.length > maxPortLength ? [] : readPort(expandVariables(word, values)))),
      );
  }
  return { exposes };
}

/** Characters of a port as it may be written, with a variable in it. */
const maxPortLength = 200;

interface Instruction {
  name: string;
  words: string[];
}

function listInstructions(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^[ \t]*#.*$/gm, '')
    .replaceAll(/\\[ \t\r]*\n/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const [name, ...words] = line.trim().split(/\s+/);
    return name ? [{ name: name.toUpperCase(), words }] : [];
  });
}

/** `KEY=VALUE …`, and `KEY VALUE` as `ENV` was once written. */
function readPairs(words: string[]): [key: string, value: string][] {
  const [first = '', second = ''] = words;
  if (!first.includes('=')) return [[first, unquote(second)]];
  return words.flatMap((word) => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
    return key === undefined || value === undefined ? [] : [[key, unquote(value)]];
  });
}

const unquote = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2');

/** `$PORT`, `${PORT}` and `${PORT:-8000}`. */
const expandVariables = (word: string, values: ReadonlyMap<string, string>): string =>
  word.replaceAll(/\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g, (written, plain, braced, otherwise) =>
    String(values.get(plain ?? braced) || (otherwise ?? written)),
  );

const readPort = (word: string): number[] => (/^\d+(\/tcp)?$/i.test(word) ? [Number.parseInt(word, 10)] : []);

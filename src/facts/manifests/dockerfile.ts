import type { ManifestFacts } from './manifest.js';

/** Reads the TCP ports that the last stage exposes. Ports known only to the build or the base image are not included. */
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

/** Maximum characters of a port in an EXPOSE instruction, which may contain a variable. */
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

/** Reads `KEY=VALUE …`, or the legacy form `KEY VALUE` of `ENV`. */
function readPairs(words: string[]): [key: string, value: string][] {
  const [first = '', second = ''] = words;
  if (!first.includes('=')) return [[first, unquote(second)]];
  return words.flatMap((word) => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
    return key === undefined || value === undefined ? [] : [[key, unquote(value)]];
  });
}

const unquote = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2');

/** Expands `$PORT`, `${PORT}` and `${PORT:-8000}`. */
const expandVariables = (word: string, values: ReadonlyMap<string, string>): string =>
  word.replaceAll(/\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g, (reference, plain, braced, fallback) =>
    String(values.get(plain ?? braced) || (fallback ?? reference)),
  );

const readPort = (word: string): number[] => (/^\d+(\/tcp)?$/i.test(word) ? [Number.parseInt(word, 10)] : []);

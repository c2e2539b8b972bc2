import { describeLocation, type SourceLine } from './source-line.js';
import { expandVariablesAndSource, type Variables } from './variables.js';

/** A requirement file that uv reads in place of the repository's own, and where each of its lines comes from. */
export interface UvFile {
  /** Variables are filled in: the file belongs into a directory of ours that is removed. */
  text: string;
  /** `requirements.txt:3`, by line. */
  locations: string[];
  /** Bytes before each line. */
  offsets: number[];
}

export interface Expansion {
  /** The repository, or its copy. */
  source: string;
  variables: Variables;
}

export function formatUvFile(lines: SourceLine[], { source, variables }: Expansion): UvFile {
  const texts = lines.map(({ text }) => `${expandVariablesAndSource(text, source, variables).replaceAll('\n', ' ')}\n`);
  const offsets: number[] = [];
  let bytes = 0;
  for (const text of texts) {
    offsets.push(bytes);
    bytes += Buffer.byteLength(text);
  }
  return { text: texts.join(''), locations: lines.map(describeLocation), offsets };
}

/** uv's words about a file of ours of this name, with the places in the repository that it speaks of. */
export function restoreLocations(words: string, name: string, { locations, offsets }: UvFile): string {
  const escaped = name.replaceAll('.', '\\.');
  const mentioned = new RegExp(
    `(?<![^\\s\`])\`?[^\\s\`]*${escaped}\`?(?: at line |:| at position )(\\d+)(?::\\d+)?`,
    'g',
  );
  return words.replaceAll(mentioned, (written, digits: string) => {
    const index = written.includes(' at position ')
      ? offsets.findLastIndex((offset) => offset <= Number(digits))
      : Number(digits) - 1;
    return locations[index] ?? written;
  });
}

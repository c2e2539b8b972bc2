import { describeLocation, type SourceLine } from './source-line.js';
import { expandVariablesAndSource, type Variables } from './variables.js';

/** A generated requirement file for uv, with the origin of each line. */
export interface UvFile {
  /** Contains the values of variables, so write it only to a temporary directory. */
  text: string;
  /** Origin of each line: `requirements.txt:3`. */
  locations: string[];
  /** Byte offset of each line. */
  offsets: number[];
}

export interface Expansion {
  /** The repository or its copy. */
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

/** Replaces locations in a generated file by their origins in the repository. */
export function restoreLocations(output: string, name: string, { locations, offsets }: UvFile): string {
  const escaped = name.replaceAll('.', '\\.');
  const mentioned = new RegExp(
    `(?<![^\\s\`])\`?[^\\s\`]*${escaped}\`?(?: at line |:| at position )(\\d+)(?::\\d+)?`,
    'g',
  );
  return output.replaceAll(mentioned, (written, digits: string) => {
    const index = written.includes(' at position ')
      ? offsets.findLastIndex((offset) => offset <= Number(digits))
      : Number(digits) - 1;
    return locations[index] ?? written;
  });
}

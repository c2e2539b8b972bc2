import { describePlace, type PlacedLine } from './placed-line.js';
import { fillInPlaces, type Variables } from './variables.js';

/** A requirement file that uv reads in place of the repository's own, and where each of its lines comes from. */
export interface UvFile {
  /** Variables are filled in: the file belongs into a directory of ours that is removed. */
  text: string;
  /** `requirements.txt:3`, by line. */
  places: string[];
  /** Bytes before each line. */
  offsets: number[];
}

export interface Filling {
  /** The repository, or its copy. */
  source: string;
  variables: Variables;
}

export function writeUvFile(lines: PlacedLine[], { source, variables }: Filling): UvFile {
  const texts = lines.map(({ text }) => `${fillInPlaces(text, source, variables).replaceAll('\n', ' ')}\n`);
  const offsets: number[] = [];
  let bytes = 0;
  for (const text of texts) {
    offsets.push(bytes);
    bytes += Buffer.byteLength(text);
  }
  return { text: texts.join(''), places: lines.map(describePlace), offsets };
}

/** uv's words about a file of ours of this name, with the places in the repository that it speaks of. */
export function restorePlaces(words: string, name: string, { places, offsets }: UvFile): string {
  const escaped = name.replaceAll('.', '\\.');
  const mentioned = new RegExp(
    `(?<![^\\s\`])\`?[^\\s\`]*${escaped}\`?(?: at line |:| at position )(\\d+)(?::\\d+)?`,
    'g',
  );
  return words.replaceAll(mentioned, (written, digits: string) => {
    const index = written.includes(' at position ')
      ? offsets.findLastIndex((offset) => offset <= Number(digits))
      : Number(digits) - 1;
    return places[index] ?? written;
  });
}

import type { Contract } from '../../contract/example.js';
import { JsonNumber } from '../../json/json-number.js';
import { startGit } from '../../workspaces/git-repository.js';
import { shorten } from '../shorten.js';
import { isProse, isTest } from './file-roles.js';
import { readAddedLines } from './read-added-lines.js';
import type { Change } from './read-change.js';

interface ExampleText {
  text: string;
  side: 'input' | 'output';
  example: number;
}

interface HardCodedText extends ExampleText {
  path: string;
}

/** Shorter texts are in much honest code. */
const minTextLength = 8;

/**
 * Lines that were added and hold an example's input or expected output word for word, where the source did not: as
 * evidence, one line each. A single plain word may be a label that the software needs, so it counts only where the
 * other side of its example was added too. Tests and prose may hold examples.
 */
export async function findHardCoded(workspace: string, change: Change, contract: Contract): Promise<string[]> {
  const telling = contract.examples.flatMap(({ input, output, match }, example) => [
    ...collectTexts(input).map((text): ExampleText => ({ text, side: 'input', example })),
    ...(match === 'schema' ? [] : collectTexts(output)).map((text): ExampleText => ({ text, side: 'output', example })),
  ]);
  if (telling.length === 0) return [];
  const paths = change.files
    .filter(({ path, added }) => (added ?? 0) > 0 && !isTest(path) && !isProse(path))
    .map(({ path }) => path);
  const added = await readAddedLines(workspace, change, paths);
  const found: HardCodedText[] = [];
  for (const [path, lines] of added) {
    for (const one of telling) {
      if (!containsText(lines, one.text) || (await isInSource(workspace, change.source, one.text))) continue;
      found.push({ ...one, path });
    }
  }
  return found.filter((one) => !isPlainWord(one.text) || hasOtherSide(one, found)).map(describe);
}

/** Every string in a value that is long enough, and every number that is as long when written. */
function collectTexts(value: unknown): string[] {
  if (typeof value === 'string') return value.trim().length >= minTextLength ? [value.trim()] : [];
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber)
    return String(value).length >= minTextLength ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(collectTexts))];
}

const isPlainWord = (text: string): boolean => /^[\p{L}\p{M}_-]+$/u.test(text);

const hasOtherSide = ({ side, example }: HardCodedText, found: readonly HardCodedText[]): boolean =>
  found.some((other) => other.example === example && other.side !== side);

/** As it is, or as a string of Python, JSON or JavaScript would have it. */
function containsText(lines: string, text: string): boolean {
  const quoted = JSON.stringify(text).slice(1, -1);
  const ascii = quoted.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const forms = [text, quoted, ascii, quoted.replaceAll('\\"', '"'), quoted.replaceAll("'", "\\'")];
  return forms.some((form) => lines.includes(form));
}

/** Of a text with several lines, the longest is looked for: git searches line by line. */
async function isInSource(workspace: string, source: string, text: string): Promise<boolean> {
  const line = text.split('\n').reduce((longest, one) => (one.length > longest.length ? one : longest), '');
  const search = await startGit(workspace, ['grep', '--quiet', '--fixed-strings', '-e', line, source]).then(
    () => 0,
    (error: { exitCode?: number }) => error.exitCode,
  );
  return search === 0;
}

const describe = ({ path, side, example, text }: HardCodedText): string =>
  `${path}: an added line holds the ${side} of example ${example + 1}: ${shorten(text, 100)}`;

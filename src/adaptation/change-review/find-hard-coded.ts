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

/** Shorter texts occur in legitimate code. */
const minTextLength = 8;

/**
 * Finds added lines that contain an example's input or expected output verbatim, unless the source contains it too.
 * Returns one line of evidence for each. A single word may be a legitimate label, so it counts only if the other side of
 * its example was added too. Tests and prose may contain examples.
 */
export async function findHardCoded(workspace: string, change: Change, contract: Contract): Promise<string[]> {
  const candidates = contract.examples.flatMap(({ input, output, match }, example) => [
    ...collectTexts(input).map((text): ExampleText => ({ text, side: 'input', example })),
    ...(match === 'schema' ? [] : collectTexts(output)).map((text): ExampleText => ({ text, side: 'output', example })),
  ]);
  if (candidates.length === 0) return [];
  const paths = change.files
    .filter(({ path, added }) => (added ?? 0) > 0 && !isTest(path) && !isProse(path))
    .map(({ path }) => path);
  const added = await readAddedLines(workspace, change, paths);
  const found: HardCodedText[] = [];
  for (const [path, lines] of added) {
    for (const candidate of candidates) {
      if (!containsText(lines, candidate.text) || (await isInSource(workspace, change.source, candidate.text)))
        continue;
      found.push({ ...candidate, path });
    }
  }
  return found.filter((match) => !isPlainWord(match.text) || hasOtherSide(match, found)).map(describe);
}

/** Collects the strings in a value, and its numbers as text, that have the minimum length. */
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

/** Returns true if the lines contain the text verbatim, or escaped as in a string of Python, JSON or JavaScript. */
function containsText(lines: string, text: string): boolean {
  const quoted = JSON.stringify(text).slice(1, -1);
  const ascii = quoted.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const forms = [text, quoted, ascii, quoted.replaceAll('\\"', '"'), quoted.replaceAll("'", "\\'")];
  return forms.some((form) => lines.includes(form));
}

/** Searches the source for the text, or for its longest line, because git searches line by line. */
async function isInSource(workspace: string, source: string, text: string): Promise<boolean> {
  const line = text.split('\n').reduce((longest, other) => (other.length > longest.length ? other : longest), '');
  const search = await startGit(workspace, ['grep', '--quiet', '--fixed-strings', '-e', line, source]).then(
    () => 0,
    (error: { exitCode?: number }) => error.exitCode,
  );
  return search === 0;
}

const describe = ({ path, side, example, text }: HardCodedText): string =>
  `${path}: an added line contains the ${side} of example ${example + 1}: ${shorten(text, 100)}`;

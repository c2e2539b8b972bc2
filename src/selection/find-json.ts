/**
 * Finds the JSON object in a model's answer: the whole text, a fenced block, or an object within prose. The last one
 * counts; undefined if there is none. Takes linear time for any text.
 */
export function findJson(text: string): object | undefined {
  const answer = removeThinking(text).trim();
  for (const candidate of [answer, ...listFenced(answer), ...listBraced(answer)]) {
    const object = parseObject(candidate);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** Maximum number of fenced and of braced texts that are tried, counted from the end. */
const maxCandidates = 20;

function listFenced(text: string): string[] {
  const [, ...parts] = text.split('```').slice(0, -1);
  const blocks = parts.filter((part) => /^\w*\s*\{/.test(part)).slice(-maxCandidates);
  return blocks.map((block) => block.slice(block.indexOf('{'))).toReversed();
}

function listBraced(text: string): string[] {
  const found: string[] = [];
  for (let end = text.lastIndexOf('}'); end !== -1 && found.length < maxCandidates; ) {
    const start = findOpening(text, end);
    if (start === -1) break;
    found.push(text.slice(start, end + 1));
    end = start === 0 ? -1 : text.lastIndexOf('}', start - 1);
  }
  return found;
}

const [openingTag, closingTag] = ['<think>', '</think>'];

function removeThinking(text: string): string {
  const parts: string[] = [];
  let position = 0;
  for (let open = text.indexOf(openingTag); open !== -1; open = text.indexOf(openingTag, position)) {
    const close = text.indexOf(closingTag, open);
    if (close === -1) break;
    parts.push(text.slice(position, open));
    position = close + closingTag.length;
  }
  return parts.join('') + text.slice(position);
}

/** Returns the index of the brace that matches the one at `end`, ignoring braces in JSON strings; -1 if there is none. */
function findOpening(text: string, end: number): number {
  let depth = 0;
  let isInString = false;
  for (let index = end; index >= 0; index -= 1) {
    const character = text[index];
    if (character === '"') {
      const backslashes = countBackslashes(text, index);
      if (backslashes % 2 === 0) isInString = !isInString;
      index -= backslashes;
    } else if (!isInString && character === '}') depth += 1;
    else if (!isInString && character === '{') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** Counts the backslashes directly before the index. */
function countBackslashes(text: string, index: number): number {
  let count = 0;
  while (text[index - 1 - count] === '\\') count += 1;
  return count;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

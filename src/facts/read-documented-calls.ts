import { buildValue } from '../json/build-value.js';
import { readExactNumber } from '../json/read-json.js';

const key = '"documentedCalls":';

/**
 * The documented calls in the text of the facts, with every digit of their numbers: `1.0` and integers beyond 2^53 are
 * JsonNumbers. No string of JSON holds the key as it stands, since its quotes would be escaped.
 */
export function readDocumentedCalls(text: string): unknown {
  const start = text.indexOf(key);
  return start === -1 ? undefined : buildValue(text.slice(start + key.length), { readNumber: readExactNumber });
}

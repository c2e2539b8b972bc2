import { buildValue } from '../json/build-value.js';
import { readExactNumber } from '../json/read-json.js';

const key = '"documentedCalls":';

/**
 * Reads the documented calls from the JSON text of the facts and preserves their numbers: `1.0` and integers beyond 2^53
 * become JsonNumbers. The search for the key is safe: inside a JSON string its quotes would be escaped.
 */
export function readDocumentedCalls(text: string): unknown {
  const start = text.indexOf(key);
  return start === -1 ? undefined : buildValue(text.slice(start + key.length), { readNumber: readExactNumber });
}

import { writeJson } from '../json/write-json.js';

const longest = 300;

/** A value as JSON, short enough to read. */
export function shorten(value: unknown, limit = longest): string {
  const text = value === undefined ? 'nothing' : writeJson(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

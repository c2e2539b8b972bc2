import { writeJson } from '../json/write-json.js';

const maxLength = 300;

/** A value as JSON, short enough to read. */
export function shorten(value: unknown, limit = maxLength): string {
  const text = value === undefined ? 'nothing' : writeJson(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

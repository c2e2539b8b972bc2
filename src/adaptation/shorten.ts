import { writeJson } from '../json/write-json.js';

const maxLength = 300;

/** Formats a value as JSON, truncated to a readable length. */
export function shorten(value: unknown, limit = maxLength): string {
  const text = value === undefined ? 'nothing' : writeJson(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

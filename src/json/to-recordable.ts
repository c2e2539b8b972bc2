import { readExactJson } from './read-json.js';
import { writeJson } from './write-json.js';

/** A value as other programs take it (a record of Temporal's, a page), or its text where they would change a number. */
export type Recordable = { value: unknown; text: undefined } | { value: undefined; text: string };

/** @param json text that `JSON.parse` accepts */
export function toRecordable(json: string): Recordable {
  const value: unknown = JSON.parse(json);
  const text = writeJson(readExactJson(json));
  return text === JSON.stringify(value) ? { value, text: undefined } : { value: undefined, text };
}

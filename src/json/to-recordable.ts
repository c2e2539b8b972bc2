import { readExactJson } from './read-json.js';
import { writeJson } from './write-json.js';

/** A value that other programs can store (a Temporal record, a web page), or its text if they would change a number. */
export type Recordable = { value: unknown; text: undefined } | { value: undefined; text: string };

/** @param json text that `JSON.parse` accepts */
export function toRecordable(json: string): Recordable {
  const value: unknown = JSON.parse(json);
  const text = writeJson(readExactJson(json));
  return text === JSON.stringify(value) ? { value, text: undefined } : { value: undefined, text };
}

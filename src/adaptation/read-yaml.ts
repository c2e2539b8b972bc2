import { parseDocument } from 'yaml';

/** What a YAML document holds. Throws the first thing that is wrong with it. */
export function readYaml(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS();
}

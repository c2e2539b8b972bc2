import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { StrategyConfig } from '../contract/strategy-config.js';
import type { ConfigReading } from './read-config.js';

/** Reads a `config.yaml`, and says of each mistake in which line it is. */
export function parseConfig(file: string, text: string): ConfigReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return { problem: document.errors.map((e) => `${file}:${lines.linePos(e.pos[0]).line}: ${e.message}`).join('\n') };
  }
  if (!isMap(document.contents)) return { problem: `${file}:1: holds no keys; it needs name, provider, interface, …` };
  const parsed = StrategyConfig.safeParse(document.toJS());
  if (parsed.success) return { config: parsed.data };
  const mistakes = parsed.error.issues.flatMap((issue) => describeIssue(document, lines, issue));
  return { problem: mistakes.map(({ line, text }) => `${file}:${line}: ${text}`).join('\n') };
}

interface Mistake {
  line: number;
  text: string;
}

function describeIssue(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const lineOf = (keys: (string | number)[]): number => lineOfKey(document, lines, keys);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: lineOf([...path, key]),
      text: `${[...path, key].join('.')}: is no known key`,
    }));
  }
  const isMissing = issue.code === 'invalid_type' && !document.hasIn(path);
  const what = isMissing ? 'is missing' : issue.message.replace(/^Invalid input: /, '');
  return [{ line: lineOf(path), text: `${path.join('.')}: ${what}` }];
}

/** Line of the key, or of the nearest one above it that exists. */
function lineOfKey(document: Document, lines: LineCounter, path: (string | number)[]): number {
  const last = path.at(-1);
  if (last === undefined) return 1;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
    if (pair !== undefined && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  return lineOfKey(document, lines, path.slice(0, -1));
}

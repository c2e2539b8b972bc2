import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { StrategyConfig } from '../contract/strategy-config.js';
import { describeParseError } from '../parsing/describe-parse-error.js';

/** A valid configuration, or its problems, one per line. */
export type ConfigReading = { config: StrategyConfig } | { problem: string };

/** Parses a `config.yaml`. Reports each mistake with its line. */
export function parseConfig(file: string, text: string): ConfigReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `${file}:${lines.linePos(error.pos[0]).line}: ${describeParseError(error)}`,
    );
    return { problem: problems.join('\n') };
  }
  if (!isMap(document.contents))
    return { problem: `${file}:1: contains no keys; it needs name, provider, interface, …` };
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
      text: `${[...path, key].join('.')}: is not a known key`,
    }));
  }
  const isMissing = issue.code === 'invalid_type' && !document.hasIn(path);
  const problem = isMissing ? 'is missing' : issue.message.replace(/^Invalid input: /, '');
  return [{ line: lineOf(path), text: `${path.join('.')}: ${problem}` }];
}

/** Returns the line of the key, or of its nearest existing parent. */
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

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { GivenExample } from '../contract/example.js';
import { BerthError } from '../errors.js';
import { decodeJson } from '../json/decode-json.js';
import { InvalidInputsError } from '../json/invalid-inputs-error.js';
import { readStrictJson } from '../json/read-inputs.js';
import { describeParseError } from '../parsing/describe-parse-error.js';
import { compileSchema } from './match-output.js';

/**
 * Reads an example file: JSON, JSON Lines or YAML, by its extension or else by its content.
 *
 * @throws EXAMPLES_INVALID naming the file, the example and the key
 */
export async function readExampleFile(path: string): Promise<GivenExample[]> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw invalidExamplesError(path, error.code === 'ENOENT' ? 'does not exist' : error.message);
  });
  const values = await parse(path, decode(path, bytes));
  if (values.length === 0) throw invalidExamplesError(path, 'contains no examples');
  const examples = values.map((value, index) => parseExample(path, value, index));
  for (const [index, example] of examples.entries()) await assertValidSchema(path, example, index);
  return examples;
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return decodeJson(bytes);
  } catch (error) {
    throw invalidExamplesError(path, (error as Error).message);
  }
}

async function parse(path: string, text: string): Promise<unknown[]> {
  const extension = extname(path).toLowerCase();
  if (extension === '.jsonl' || extension === '.ndjson') return parseLines(path, text);
  const value =
    extension === '.json' ? parseJson(text, { path, prefix: '', root: 'examples' }) : await parseYaml(path, text);
  if (!Array.isArray(value)) throw invalidExamplesError(path, 'is not a list of examples');
  return value;
}

function parseLines(path: string, text: string): unknown[] {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  return lines
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => parseJson(line, { path, prefix: `line ${number} `, root: `line ${number}: example` }));
}

/** Parses JSON with every digit of its numbers. Rejects values that a JSON parser would silently change. */
function parseJson(text: string, { path, prefix, root }: { path: string; prefix: string; root: string }): unknown {
  try {
    return readStrictJson(text, { keepsDigits: true, root });
  } catch (error) {
    const { message } = error as Error;
    const problem = error instanceof InvalidInputsError ? message : `${prefix}is not valid JSON: ${message}`;
    throw invalidExamplesError(path, problem);
  }
}

/** Parses YAML, and any unknown extension: JSON is YAML, and JSON Lines fail as one YAML document. */
async function parseYaml(path: string, text: string): Promise<unknown> {
  const { parseExampleYaml } = await import('./parse-example-yaml.js');
  try {
    const value = parseExampleYaml(text);
    return isSingleLine(text, value) ? [value] : value;
  } catch (error) {
    if (!isYaml(path)) return parseLines(path, text);
    const problem = describeParseError(error);
    throw invalidExamplesError(path, error instanceof InvalidInputsError ? problem : `is not valid YAML: ${problem}`);
  }
}

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

/** Returns true for JSON Lines with a single line. */
const isSingleLine = (text: string, value: unknown): boolean =>
  !Array.isArray(value) && /^\s*\{/.test(text) && text.trim().split('\n').length === 1;

function parseExample(path: string, value: unknown, index: number): GivenExample {
  if (typeof value === 'object' && value !== null && !Object.hasOwn(value, 'input')) {
    throw invalidExamplesError(path, `example ${index + 1} has no “input”`);
  }
  const parsed = GivenExample.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  throw invalidExamplesError(
    path,
    `example ${index + 1}${key ? `, “${key}”` : ''}: ${issue?.message ?? 'is not a valid example'}`,
  );
}

async function assertValidSchema(path: string, { match, output }: GivenExample, index: number): Promise<void> {
  if (match !== 'schema') return;
  await compileSchema(output).catch((error: Error) => {
    throw invalidExamplesError(path, `example ${index + 1}, “output” is not a valid JSON Schema: ${error.message}`);
  });
}

const invalidExamplesError = (path: string, problem: string): BerthError =>
  new BerthError('EXAMPLES_INVALID', `${path}: ${problem}`, { file: path });

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Example } from '../contract/example.js';
import { BerthError } from '../errors.js';
import { compileSchema } from './match-output.js';

/**
 * Reads an example file: JSON, JSON lines or YAML, by its extension, else by what can be read. Throws EXAMPLES_INVALID
 * naming the file, the example and the key.
 */
export async function readExampleFile(path: string): Promise<Example[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw invalid(path, error.code === 'ENOENT' ? 'does not exist' : error.message);
  });
  const values = await parse(path, text);
  if (values.length === 0) throw invalid(path, 'holds no example');
  const examples = values.map((value, index) => parseExample(path, value, index));
  for (const [index, example] of examples.entries()) await assertSchema(path, example, index);
  return examples;
}

async function parse(path: string, text: string): Promise<unknown[]> {
  const extension = extname(path).toLowerCase();
  if (extension === '.jsonl' || extension === '.ndjson') return parseLines(path, text);
  const value = extension === '.json' ? parseJson(path, text) : await parseYaml(path, text);
  if (!Array.isArray(value)) throw invalid(path, 'is not a list of examples');
  return value;
}

function parseLines(path: string, text: string): unknown[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, number: index + 1 }));
  return lines
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      try {
        return JSON.parse(line);
      } catch (error) {
        throw invalid(path, `line ${number} is not JSON: ${(error as Error).message}`);
      }
    });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, `is not JSON: ${(error as Error).message}`);
  }
}

/** Also for an unknown extension: JSON is YAML, and JSON lines are told apart by their failing as one document. */
async function parseYaml(path: string, text: string): Promise<unknown> {
  const { readYaml } = await import('./read-yaml.js');
  try {
    const value = readYaml(text);
    return isSingleLine(text, value) ? [value] : value;
  } catch (error) {
    if (isYaml(path)) throw invalid(path, `is not YAML: ${(error as Error).message}`);
    return parseLines(path, text);
  }
}

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

/** JSON lines with one line only. */
const isSingleLine = (text: string, value: unknown): boolean =>
  !Array.isArray(value) && /^\s*\{/.test(text) && text.trim().split('\n').length === 1;

function parseExample(path: string, value: unknown, index: number): Example {
  if (typeof value === 'object' && value !== null && !Object.hasOwn(value, 'input')) {
    throw invalid(path, `example ${index + 1} has no “input”`);
  }
  const parsed = Example.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  throw invalid(path, `example ${index + 1}${key ? `, “${key}”` : ''}: ${issue?.message ?? 'is not an example'}`);
}

async function assertSchema(path: string, { match, output }: Example, index: number): Promise<void> {
  if (match !== 'schema') return;
  await compileSchema(output).catch((error: Error) => {
    throw invalid(path, `example ${index + 1}, “output” is no JSON Schema: ${error.message}`);
  });
}

const invalid = (path: string, problem: string): BerthError =>
  new BerthError('EXAMPLES_INVALID', `${path}: ${problem}`, { file: path });

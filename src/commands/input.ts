import { readFile } from 'node:fs/promises';
import { BerthError } from '../errors.js';
import { decodeJson } from '../json/decode-json.js';

/**
 * Reads the inputs of a call as JSON text: the argument itself, `@FILE`, or `-` for standard input.
 *
 * @throws INPUT_INVALID when they cannot be read or are not JSON.
 */
export async function readInput(argument: string, stdin: NodeJS.ReadableStream = process.stdin): Promise<string> {
  if (argument === '-') {
    const { buffer } = await import('node:stream/consumers');
    return decodeInput(await buffer(stdin), 'standard input');
  }
  if (!argument.startsWith('@')) return requireJson(argument, 'the input');
  const file = argument.slice(1);
  return decodeInput(await readInputFile(file), file);
}

async function readInputFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw createUnreadableError(file, cause);
  }
}

export function createUnreadableError(file: string, cause: unknown): BerthError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'no such file' : message;
  return new BerthError('INPUT_INVALID', `cannot read ${file}: ${reason}`, { file }, { cause });
}

/**
 * Decodes bytes as JSON text.
 *
 * @throws INPUT_INVALID when they are not UTF-8 or not JSON.
 */
export function decodeInput(bytes: Uint8Array, origin: string): string {
  let text: string;
  try {
    text = decodeJson(bytes);
  } catch (cause) {
    throw new BerthError('INPUT_INVALID', `cannot read ${origin}: ${(cause as Error).message}`, {}, { cause });
  }
  return requireJson(text, origin);
}

/**
 * Returns the text unchanged.
 *
 * @throws INPUT_INVALID, with an excerpt of the text, when it is not JSON.
 */
function requireJson(json: string, origin: string): string {
  try {
    JSON.parse(json);
    return json;
  } catch (cause) {
    const problem = json.trim() === '' ? 'it is empty' : `${(cause as Error).message}, in: ${excerpt(json)}`;
    throw new BerthError('INPUT_INVALID', `${origin} is not JSON: ${problem}`, {}, { cause });
  }
}

const excerpt = (json: string): string => (json.length <= 60 ? json : `${json.slice(0, 59)}…`).replaceAll(/\s+/g, ' ');

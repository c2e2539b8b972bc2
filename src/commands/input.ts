import { readFile } from 'node:fs/promises';
import { BerthError } from '../errors.js';

/** The inputs of a call as the user gave them: JSON, `@FILE`, or `-` for standard input. Throws INPUT_INVALID. */
export async function readInput(argument: string, stdin: NodeJS.ReadableStream = process.stdin): Promise<unknown> {
  if (argument === '-') {
    const { text } = await import('node:stream/consumers');
    return parseJson(await text(stdin), 'standard input');
  }
  if (!argument.startsWith('@')) return parseJson(argument, 'the input');
  const file = argument.slice(1);
  return parseJson(await readInputFile(file), file);
}

async function readInputFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}

export function cannotRead(file: string, cause: unknown): BerthError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'there is no such file' : message;
  return new BerthError('INPUT_INVALID', `cannot read ${file}: ${reason}`, { file }, { cause });
}

/** JSON, or INPUT_INVALID that shows what was read instead. */
export function parseJson(json: string, origin: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const shown = json.trim() === '' ? 'it is empty' : `${(cause as Error).message}, in: ${excerpt(json)}`;
    throw new BerthError('INPUT_INVALID', `${origin} is not JSON: ${shown}`, {}, { cause });
  }
}

const excerpt = (json: string): string => (json.length <= 60 ? json : `${json.slice(0, 59)}…`).replaceAll(/\s+/g, ' ');

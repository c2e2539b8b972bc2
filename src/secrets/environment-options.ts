import { readFile } from 'node:fs/promises';
import { BerthError } from '../errors.js';

/** A variable that the user set. Without a value, it is read from the worker's environment. */
export interface VariableAssignment {
  name: string;
  value?: string;
}

/**
 * Parses `--env NAME` or `--env NAME=value`.
 *
 * @throws USAGE when the option is invalid. The message omits the value, which may be a secret.
 */
export function parseEnvironmentOption(option: string): VariableAssignment {
  const equals = option.indexOf('=');
  if (equals === -1) return { name: checkName(option, '--env') };
  const value = option.slice(equals + 1);
  const name = checkName(option.slice(0, equals), '--env');
  if (value.includes('\0')) throw new BerthError('USAGE', `--env ${name}: the value contains a NUL character`);
  return { name, value };
}

/**
 * Reads `--env-file FILE`, a file in dotenv format.
 *
 * @throws USAGE when the file cannot be read or contains an invalid name.
 */
export async function readEnvironmentFile(path: string): Promise<VariableAssignment[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    const reason = error.code === 'ENOENT' ? 'the file does not exist' : error.message;
    throw new BerthError('USAGE', `--env-file ${path} cannot be read: ${reason}`, {}, { cause: error });
  });
  const { parse } = await import('dotenv');
  return Object.entries(parse(text)).map(([name, value]) => ({ name: checkName(name, `--env-file ${path}`), value }));
}

function checkName(name: string, origin: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  const rule = 'use letters, digits and underscores, and do not start with a digit';
  throw new BerthError('USAGE', `${origin}: ${JSON.stringify(name)} is not a variable name: ${rule}`);
}

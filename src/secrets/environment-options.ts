import { readFile } from 'node:fs/promises';
import { BerthError } from '../errors.js';

/** A variable as the user gave it; without a value it is taken from the worker's environment. */
export interface VariableAssignment {
  name: string;
  value?: string;
}

/** `--env NAME` or `--env NAME=value`. Throws USAGE, without the value, which may be a secret. */
export function parseEnvironmentOption(option: string): VariableAssignment {
  const equals = option.indexOf('=');
  if (equals === -1) return { name: checkName(option, '--env') };
  const value = option.slice(equals + 1);
  const name = checkName(option.slice(0, equals), '--env');
  if (value.includes('\0')) throw new BerthError('USAGE', `--env ${name}: the value holds a NUL character`);
  return { name, value };
}

/** `--env-file FILE`, in the format of dotenv. Throws USAGE for a file that cannot be read or a wrong name. */
export async function readEnvironmentFile(path: string): Promise<VariableAssignment[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new BerthError('USAGE', `--env-file ${path} cannot be read: ${reason}`, {}, { cause: error });
  });
  const { parse } = await import('dotenv');
  return Object.entries(parse(text)).map(([name, value]) => ({ name: checkName(name, `--env-file ${path}`), value }));
}

function checkName(name: string, origin: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  const rule = 'letters, digits and underscores, not beginning with a digit';
  throw new BerthError('USAGE', `${origin}: ${JSON.stringify(name)} is no name of a variable: ${rule}`);
}

import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Finds an executable by absolute path or by name on the PATH. Returns its absolute path; null if there is none. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | null {
  if (isAbsolute(name)) return isExecutable(name) ? name : null;
  const candidates = path.split(delimiter).filter(isAbsolute);
  return candidates.map((directory) => join(directory, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns the first version number that `--version` prints; null when the program does not run. */
export async function readVersion(program: string, env: Record<string, string>): Promise<string | null> {
  const options = { timeout: 20_000, env, killSignal: 'SIGKILL' } as const;
  const output = await execute(program, ['--version'], options).catch(() => null);
  return output === null ? null : (/\d+(\.\d+)+\S*/.exec(output.stdout)?.[0] ?? output.stdout.trim());
}

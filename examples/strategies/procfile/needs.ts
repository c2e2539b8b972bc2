import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Need } from 'berth/strategy';

/** This machine must have the shell that runs the command. */
export async function findNeeds(): Promise<Need[]> {
  const shell = findOnPath('sh');
  if (shell !== undefined) return [{ name: 'shell', isMet: true, detail: shell, remedy: null }];
  return [{ name: 'shell', isMet: false, detail: 'there is no sh on the PATH', remedy: 'install a POSIX shell' }];
}

function findOnPath(program: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from 'berth/strategy';

/** Serves a repository whose Procfile has a `web:` line, at `/` or at the path given as `--entry`. */
const webProcess: Recipe = {
  name: 'web-process',
  async recognize({ workspace, entry = '/' }) {
    const lines = await readFile(join(workspace, 'Procfile'), 'utf8').catch(() => '');
    const command = /^web:\s*(\S.*)$/m.exec(lines)?.[1];
    if (command === undefined || !entry.startsWith('/')) return undefined;
    return {
      summary: `recognized the web process \`${command}\` of the Procfile`,
      runInterface: { type: 'http', command, path: entry },
      files: {},
    };
  },
};

/** Berth tries them in this order. */
export const recipes: Recipe[] = [webProcess];

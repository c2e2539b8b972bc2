import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from 'berth/strategy';

/** A repository whose Procfile has a `web:` line is served as it is, at `/` or at the path that the user names. */
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

/** In the order in which they are tried. */
export const recipes: Recipe[] = [webProcess];

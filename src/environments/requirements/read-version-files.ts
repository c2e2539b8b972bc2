import { join } from 'node:path/posix';
import type { PythonRequirement } from '../python-requirements.js';
import { listAncestors } from './lock-files.js';
import type { Repository } from './repository.js';

/** Reads `.python-version` and `runtime.txt`, each from the directory nearest to the entry. */
export async function readVersionFiles(repository: Repository, start: string): Promise<PythonRequirement[]> {
  const found: PythonRequirement[] = [];
  for (const name of ['.python-version', 'runtime.txt'])
    for (const directory of listAncestors(start)) {
      const text = await repository.readText(join(directory, name));
      const specifier = text
        ?.split('\n')
        .map((line) => line.trim())
        .find((line) => line !== '' && !line.startsWith('#'))
        ?.replace(/^python-/, '');
      if (specifier === undefined) continue;
      found.push({ specifier, from: join(directory, name) });
      break;
    }
  return found;
}

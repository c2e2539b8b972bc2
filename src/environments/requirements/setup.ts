import { join } from 'node:path/posix';
import type { Asker } from './asked.js';

/** What setuptools alone knows, and runs the repository's code to say. */
export const askSetup: Asker = async (repository, directory) => {
  for (const name of ['setup.py', 'setup.cfg']) {
    const file = join(directory, name);
    if (!(await repository.has(file))) continue;
    const texts = await Promise.all(['setup.py', 'setup.cfg'].map((one) => repository.read(join(directory, one))));
    const isEmpty = !texts.some((text) => text?.includes('install_requires'));
    return { from: file, projects: [file], needsCopy: true, isEmpty };
  }
  return undefined;
};

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BerthError } from '../../errors.js';
import { findMissingCode } from '../missing-code.js';
import { asTable } from '../requirements/tables.js';
import { SourceCopy } from '../source-copy.js';
import type { Lock } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * Resolves; where setuptools would not say what a project requires because it finds no one package in it, it is asked
 * again, in a copy that says that there is none. Another step decides whether the project is installed.
 */
export async function resolveWithoutDiscovery(
  resolution: Resolution,
  resolve: (resolution: Resolution) => Promise<Lock>,
): Promise<Lock> {
  try {
    return await resolve(resolution);
  } catch (error) {
    if (!isMissingCodeError(error)) throw error;
    const { directory, home, requirements } = resolution;
    const copy = new SourceCopy(directory, home.environments);
    try {
      const cwd = await copy.ensurePath();
      for (const place of new Set(requirements.projects.map((file) => dirname(file))))
        await disableDiscovery(join(cwd, place));
      return await resolve({ ...resolution, copy, cwd }).catch(() => {
        throw error;
      });
    } finally {
      await copy.remove();
    }
  }
}

const isMissingCodeError = (error: unknown): boolean =>
  error instanceof BerthError &&
  error.code === 'DEPENDENCY_UNRESOLVED' &&
  findMissingCode(`${error.message}\n${error.details.evidence}`) !== undefined;

/** In pyproject.toml where that describes the project, else in setup.cfg. */
async function disableDiscovery(directory: string): Promise<void> {
  const { parse, stringify } = await import('smol-toml');
  const [manifest, settings] = [join(directory, 'pyproject.toml'), join(directory, 'setup.cfg')];
  const pyproject = parse(await readFile(manifest, 'utf8').catch(() => ''));
  if (pyproject.project === undefined) {
    const text = await readFile(settings, 'utf8').catch(() => '');
    const options = '[options]\npy_modules =';
    const named = text.replace(/^\[options\][ \t]*$/m, options);
    return await writeFile(settings, named === text ? `${text}\n${options}\n` : named);
  }
  const tool = asTable(pyproject.tool);
  const setuptools = { ...asTable(tool.setuptools), 'py-modules': [] };
  await writeFile(manifest, stringify({ ...pyproject, tool: { ...tool, setuptools } }));
}

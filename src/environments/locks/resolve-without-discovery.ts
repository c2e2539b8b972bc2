import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BerthError } from '../../errors.js';
import { findMissingCode } from '../missing-code.js';
import { asTable } from '../requirements/tables.js';
import { SourceCopy } from '../source-copy.js';
import type { Lock } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * Resolves requirements. When setuptools fails because it finds no single package in a project, resolves again in a copy
 * that declares no packages. A later step decides whether the project is installed.
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
      for (const project of new Set(requirements.projects.map((file) => dirname(file))))
        await disableDiscovery(join(cwd, project));
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

/** Declares no packages in pyproject.toml if that describes the project, otherwise in setup.cfg. */
async function disableDiscovery(directory: string): Promise<void> {
  const { parse, stringify } = await import('smol-toml');
  const [manifest, settings] = [join(directory, 'pyproject.toml'), join(directory, 'setup.cfg')];
  const pyproject = parse(await readFile(manifest, 'utf8').catch(() => ''));
  if (pyproject.project === undefined) {
    const text = await readFile(settings, 'utf8').catch(() => '');
    const options = '[options]\npy_modules =';
    const changed = text.replace(/^\[options\][ \t]*$/m, options);
    return await writeFile(settings, changed === text ? `${text}\n${options}\n` : changed);
  }
  const tool = asTable(pyproject.tool);
  const setuptools = { ...asTable(tool.setuptools), 'py-modules': [] };
  await writeFile(manifest, stringify({ ...pyproject, tool: { ...tool, setuptools } }));
}

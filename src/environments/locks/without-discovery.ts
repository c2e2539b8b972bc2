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
 * again, in a copy that says that there is none. Whether the project is installed is decided elsewhere.
 */
export async function resolveWithoutDiscovery(
  resolution: Resolution,
  resolve: (resolution: Resolution) => Promise<Lock>,
): Promise<Lock> {
  try {
    return await resolve(resolution);
  } catch (error) {
    if (!isWithoutCode(error)) throw error;
    const { directory, home, requirements } = resolution;
    const copy = new SourceCopy(directory, home.environments);
    try {
      const cwd = await copy.path();
      for (const place of new Set(requirements.projects.map((file) => dirname(file))))
        await switchDiscoveryOff(join(cwd, place, 'pyproject.toml'));
      return await resolve({ ...resolution, copy, cwd }).catch(() => {
        throw error;
      });
    } finally {
      await copy.remove();
    }
  }
}

const isWithoutCode = (error: unknown): boolean =>
  error instanceof BerthError &&
  error.code === 'DEPENDENCY_UNRESOLVED' &&
  findMissingCode(`${error.message}\n${error.details.evidence}`) !== undefined;

async function switchDiscoveryOff(file: string): Promise<void> {
  const { parse, stringify } = await import('smol-toml');
  const text = await readFile(file, 'utf8').catch(() => '');
  const pyproject = parse(text);
  const tool = asTable(pyproject.tool);
  const setuptools = { ...asTable(tool.setuptools), 'py-modules': [] };
  await writeFile(file, stringify({ ...pyproject, tool: { ...tool, setuptools } }));
}

import { join } from 'node:path/posix';
import { BerthError } from '../../errors.js';
import { emptyPipFiles } from '../pip-files/read-pip-files.js';
import { runCompile } from './compile-requirements.js';
import type { LoadedLock } from './load-lock.js';
import { buildLock, describeChanges, type Lock, type LockDocument, mergePackages } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * The lock, with what the strategy needs beside it. The lock's versions are kept; where those and the strategy exclude
 * each other, they are kept as far as they can be, and which were not is noted.
 */
export async function extendLock(resolution: Resolution, taken: LoadedLock): Promise<Lock> {
  const { requirements, cwd, variables, scratch } = resolution;
  const { document, base, pins, notes } = taken;
  const place = { source: cwd, variables };
  if (requirements.strategyRequirements.length === 0)
    return { ...(await buildLock(document, { ...place, base })), notes };
  const request = { lines: requirements.strategyRequirements, projects: [], pip: emptyPipFiles() };
  try {
    const more = await runCompile(resolution, { ...request, constraints: pins });
    const packages = mergePackages(document.packages, more.packages);
    return { ...(await buildLock({ ...document, packages }, { ...place, base })), notes };
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'DEPENDENCY_UNRESOLVED') throw error;
    const projects = findProjects(resolution);
    if (projects.length === 0) throw error;
    const found = await runCompile(resolution, {
      ...request,
      projects,
      constraints: [],
      preferences: toVersionPreferences(taken.document),
    });
    const changes = describeChanges(document.packages, found.packages);
    const note = `${requirements.from} and what the strategy needs (${requirements.strategyRequirements.join(', ')}) exclude each other: ${changes.join(', ') || 'other packages'} instead.`;
    return { ...(await buildLock(found, { ...place, base: scratch })), notes: [...notes, note] };
  }
}

/** Versions alone: what has none, or lies in the repository, is found again anyway. */
const toVersionPreferences = ({ rest, packages }: LockDocument): LockDocument => ({
  rest,
  packages: packages.flatMap(({ name, version }) => (version === undefined ? [] : [{ name, version }])),
});

/** The manifest that the lock was made from. */
function findProjects({ requirements: { lock, packages } }: Resolution): string[] {
  if (lock === null || lock.kind !== 'uv' || lock.isVirtual) return [];
  const directory = lock.member === null ? lock.directory : (packages[0] ?? lock.directory);
  return [join(directory, 'pyproject.toml')];
}

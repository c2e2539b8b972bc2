import { join } from 'node:path/posix';
import { BerthError } from '../../errors.js';
import { noPipFiles } from '../pip-files/read-pip-files.js';
import { runCompile } from './compile.js';
import { describeChanges, joinPackages, type Lock, type LockDocument, toLock } from './lock.js';
import type { Resolution } from './resolution.js';
import type { TakenLock } from './take-lock.js';

/**
 * The lock, with what the strategy needs beside it. The lock's versions are kept; where those and the strategy exclude
 * each other, they are kept as far as they can be, and which were not is noted.
 */
export async function addToLock(resolution: Resolution, taken: TakenLock): Promise<Lock> {
  const { requirements, cwd, variables, scratch } = resolution;
  const { document, base, pins, notes } = taken;
  const place = { source: cwd, variables };
  if (requirements.added.length === 0) return { ...(await toLock(document, { ...place, base })), notes };
  const request = { lines: requirements.added, projects: [], pip: noPipFiles() };
  try {
    const more = await runCompile(resolution, { ...request, constraints: pins });
    const packages = joinPackages(document.packages, more.packages);
    return { ...(await toLock({ ...document, packages }, { ...place, base })), notes };
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'DEPENDENCY_UNRESOLVED') throw error;
    const projects = findProjects(resolution);
    if (projects.length === 0) throw error;
    const found = await runCompile(resolution, {
      ...request,
      projects,
      constraints: [],
      preferences: prefer(taken.document),
    });
    const changes = describeChanges(document.packages, found.packages);
    const note = `${requirements.from} and what the strategy needs (${requirements.added.join(', ')}) exclude each other: ${changes.join(', ') || 'other packages'} instead.`;
    return { ...(await toLock(found, { ...place, base: scratch })), notes: [...notes, note] };
  }
}

/** Versions alone: what has none, or lies in the repository, is found again anyway. */
const prefer = ({ rest, packages }: LockDocument): LockDocument => ({
  rest,
  packages: packages.flatMap(({ name, version }) => (version === undefined ? [] : [{ name, version }])),
});

/** The manifest that the lock was made from. */
function findProjects({ requirements: { lock, packages } }: Resolution): string[] {
  if (lock === null || lock.kind !== 'uv' || lock.isVirtual) return [];
  const directory = lock.member === null ? lock.directory : (packages[0] ?? lock.directory);
  return [join(directory, 'pyproject.toml')];
}

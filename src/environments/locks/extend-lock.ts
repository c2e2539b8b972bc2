import { join } from 'node:path/posix';
import { BerthError } from '../../errors.js';
import { emptyPipFiles } from '../pip-files/pip-files.js';
import { runCompile } from './compile-requirements.js';
import type { LoadedLock } from './load-lock.js';
import { buildLock, describeChanges, type Lock, type LockDocument, mergePackages } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * Adds the strategy's packages to a lock. Keeps the lock's versions; when they conflict with the strategy, keeps as many
 * as possible and notes the others.
 *
 * @throws DEPENDENCY_UNRESOLVED when the manifest itself conflicts with the strategy.
 */
export async function extendLock(resolution: Resolution, loaded: LoadedLock): Promise<Lock> {
  const { requirements, cwd, variables, scratch } = resolution;
  const { document, base, pins, notes } = loaded;
  const location = { source: cwd, variables };
  if (requirements.strategyRequirements.length === 0)
    return { ...(await buildLock(document, { ...location, base })), notes };
  const request = { lines: requirements.strategyRequirements, projects: [], pip: emptyPipFiles() };
  try {
    const additions = await runCompile(resolution, { ...request, constraints: pins });
    const packages = mergePackages(document.packages, additions.packages);
    return { ...(await buildLock({ ...document, packages }, { ...location, base })), notes };
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'DEPENDENCY_UNRESOLVED') throw error;
    const projects = findProjects(resolution);
    if (projects.length === 0) throw error;
    const resolved = await runCompile(resolution, {
      ...request,
      projects,
      constraints: [],
      preferences: toVersionPreferences(loaded.document),
    });
    const changes = describeChanges(document.packages, resolved.packages);
    const note = `${requirements.from} conflicts with packages of the strategy (${requirements.strategyRequirements.join(', ')}): uses ${changes.join(', ') || 'other packages'}.`;
    return { ...(await buildLock(resolved, { ...location, base: scratch })), notes: [...notes, note] };
  }
}

/** Keeps versions only. Packages without a version and local projects are found again anyway. */
const toVersionPreferences = ({ rest, packages }: LockDocument): LockDocument => ({
  rest,
  packages: packages.flatMap(({ name, version }) => (version === undefined ? [] : [{ name, version }])),
});

/** Returns the manifest of the lock. */
function findProjects({ requirements: { lock, packages } }: Resolution): string[] {
  if (lock === null || lock.kind !== 'uv' || lock.isVirtual) return [];
  const directory = lock.member === null ? lock.directory : (packages[0] ?? lock.directory);
  return [join(directory, 'pyproject.toml')];
}

import { dirname, join, relative } from 'node:path/posix';
import { unresolvedError } from '../pip-files/unresolved-error.js';
import { listDefaultGroups } from './default-groups.js';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import type { Repository } from './repository.js';
import { asText, tableAt } from './tables.js';

/** Reads the `uv.lock` of a project or of its workspace. */
export const readUvLockRequirements: RequirementsReader = async (repository, directory) => {
  if (!(await repository.has(join(directory, 'pyproject.toml')))) return undefined;
  for (const lockDirectory of listAncestors(directory)) {
    const file = join(lockDirectory, 'uv.lock');
    const text = await repository.read(file);
    if (text === undefined) continue;
    const found = describeLock({ text, lockDirectory, directory });
    if (found !== undefined) return await toRequirements(repository, file, found);
    if (lockDirectory === directory) return undefined;
  }
  return undefined;
};

/** Lists a directory and its parents, up to the repository's root. */
export function listAncestors(directory: string): string[] {
  const parent = dirname(directory);
  return directory === '.' || parent === directory ? ['.'] : [directory, ...listAncestors(parent)];
}

interface FoundLock {
  lockDirectory: string;
  python: string | undefined;
  member: string | null;
  hasLocalSources: boolean;
}

/** Reads the lock line by line, which is faster than parsing megabytes. */
function describeLock({
  text,
  lockDirectory,
  directory,
}: {
  text: string;
  lockDirectory: string;
  directory: string;
}): FoundLock | undefined {
  const python = /^requires-python = "([^"]+)"/m.exec(text)?.[1];
  const hasLocalSources = /^source = \{ (editable|directory|path)/m.test(text);
  if (lockDirectory === directory) return { lockDirectory, member: null, hasLocalSources, python };
  const memberPath = relative(lockDirectory, directory);
  let name: string | undefined;
  for (const line of text.split('\n')) {
    name = /^name = "([^"]+)"/.exec(line)?.[1] ?? name;
    const path = /^source = \{ (?:editable|virtual|directory) = "([^"]*)"/.exec(line)?.[1];
    if (path === memberPath && name !== undefined) return { lockDirectory, member: name, hasLocalSources, python };
  }
  return undefined;
}

async function toRequirements(
  repository: Repository,
  file: string,
  { lockDirectory, member, hasLocalSources, python }: FoundLock,
): Promise<ManifestRequirements> {
  const pyproject = await repository.readTable(join(lockDirectory, 'pyproject.toml'));
  const isVirtual = member === null && tableAt(pyproject, 'project') === undefined;
  const { excluded } = listDefaultGroups(pyproject);
  return {
    from: member === null ? file : `${file} (${member})`,
    projects: [join(lockDirectory, 'pyproject.toml'), file],
    lock: {
      kind: 'uv',
      directory: lockDirectory,
      file,
      member,
      isVirtual,
      ...(excluded.length > 0 && { excludedGroups: excluded }),
    },
    needsCopy: hasLocalSources || isVirtual,
    python,
  };
}

/** Reads `pylock.toml`, a lock of any tool (PEP 751). */
export const readPylockRequirements: RequirementsReader = async (repository, directory) => {
  const file = join(directory, 'pylock.toml');
  const lock = await repository.readLock(file);
  if (lock === undefined) return undefined;
  if (!Array.isArray(lock.packages)) throw unresolvedError(`${file} lists no packages: renew it, or remove it`);
  return {
    from: file,
    projects: [file],
    python: asText(lock['requires-python']),
    lock: { kind: 'pylock', directory, file, member: null, isVirtual: false },
  };
};

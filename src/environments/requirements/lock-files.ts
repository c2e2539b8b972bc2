import { dirname, join, relative } from 'node:path/posix';
import { unresolvedError } from '../pip-files/unresolved-error.js';
import { listDefaultGroups } from './default-groups.js';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import type { Repository } from './repository.js';
import { asText, tableAt } from './tables.js';

/** `uv.lock`: beside the project's manifest, or above it in the workspace that it is a member of. */
export const readUvLockRequirements: RequirementsReader = async (repository, directory) => {
  if (!(await repository.has(join(directory, 'pyproject.toml')))) return undefined;
  for (const place of listAncestors(directory)) {
    const file = join(place, 'uv.lock');
    const text = await repository.read(file);
    if (text === undefined) continue;
    const found = describeLock({ text, place, directory });
    if (found !== undefined) return await toRequirements(repository, file, found);
    if (place === directory) return undefined;
  }
  return undefined;
};

/** The directory itself, then what it lies in, up to the repository's root. */
export function listAncestors(directory: string): string[] {
  const parent = dirname(directory);
  return directory === '.' || parent === directory ? ['.'] : [directory, ...listAncestors(parent)];
}

interface FoundLock {
  place: string;
  python: string | undefined;
  member: string | null;
  hasLocalSources: boolean;
}

/** Read line by line: of a lock of a few megabytes, nothing else is needed. */
function describeLock({
  text,
  place,
  directory,
}: {
  text: string;
  place: string;
  directory: string;
}): FoundLock | undefined {
  const python = /^requires-python = "([^"]+)"/m.exec(text)?.[1];
  const hasLocalSources = /^source = \{ (editable|directory|path)/m.test(text);
  if (place === directory) return { place, member: null, hasLocalSources, python };
  const wanted = relative(place, directory);
  let name: string | undefined;
  for (const line of text.split('\n')) {
    name = /^name = "([^"]+)"/.exec(line)?.[1] ?? name;
    const path = /^source = \{ (?:editable|virtual|directory) = "([^"]*)"/.exec(line)?.[1];
    if (path === wanted && name !== undefined) return { place, member: name, hasLocalSources, python };
  }
  return undefined;
}

async function toRequirements(
  repository: Repository,
  file: string,
  { place, member, hasLocalSources, python }: FoundLock,
): Promise<ManifestRequirements> {
  const pyproject = await repository.readTable(join(place, 'pyproject.toml'));
  const isVirtual = member === null && tableAt(pyproject, 'project') === undefined;
  const { excluded } = listDefaultGroups(pyproject);
  return {
    from: member === null ? file : `${file} (${member})`,
    projects: [join(place, 'pyproject.toml'), file],
    lock: {
      kind: 'uv',
      directory: place,
      file,
      member,
      isVirtual,
      ...(excluded.length > 0 && { excludedGroups: excluded }),
    },
    needsCopy: hasLocalSources || isVirtual,
    python,
  };
}

/** A lock that any tool may have written (PEP 751). */
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

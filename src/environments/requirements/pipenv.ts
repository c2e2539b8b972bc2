import { join } from 'node:path/posix';
import { convertPipfilePackages, listPipfilePins } from './convert-requirements.js';
import type { RequirementsReader } from './manifest-requirements.js';
import { isPipfileLockStale } from './stale-locks.js';
import { asText, isTable, type Table, tableAt } from './tables.js';

/** Reads a `Pipfile` with the versions of its lock. */
export const readPipfileRequirements: RequirementsReader = async (repository, directory) => {
  const file = join(directory, 'Pipfile');
  const pipfile = await repository.readManifest(file);
  if (pipfile === undefined) return undefined;
  const lockFile = join(directory, 'Pipfile.lock');
  const lock = (await repository.readManifest(lockFile)) ?? {};
  const isStale = isPipfileLockStale(lock, pipfile);
  const requires = tableAt(pipfile, 'requires');
  return {
    from: file,
    python: asText(requires?.python_full_version) ?? asText(requires?.python_version),
    lines: convertPipfilePackages(tableAt(pipfile, 'packages') ?? {}, directory),
    options: listIndexOptions(pipfile),
    constraints: listPipfilePins(lock),
    isStale,
    notes: isStale
      ? [
          `${lockFile} is stale: Pipfile has changed since. Its versions are kept where they fit; renew it with \`pipenv lock\`.`,
        ]
      : [],
  };
};

/** Converts the indexes; the first one is the main index. Pipenv accepts `$NAME`, pip only `${NAME}`. */
function listIndexOptions({ source }: Table): string[] {
  const urls = (Array.isArray(source) ? source.filter(isTable) : []).flatMap(({ url }) => asText(url) ?? []);
  return urls
    .map((url) => url.replaceAll(/\$([A-Z_][A-Z0-9_]*)/g, (_, name: string) => `\${${name}}`))
    .map((url, index) => `${index === 0 ? '--index-url' : '--extra-index-url'} ${url}`);
}

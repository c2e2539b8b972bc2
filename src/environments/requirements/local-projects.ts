import { join, normalize } from 'node:path/posix';
import type { Repository } from './repository.js';

/** Recognizes a requirement by path: `-e .`, `./libs/tool`, `libs/tool`, `tool @ ./libs/tool`, `file:libs/tool`. */
export const isLocalRequirement = (text: string): boolean => getLocalPath(text) !== undefined;

function getLocalPath(text: string): string | undefined {
  const written = text.replace(/^-e\s*/, '').replace(/^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*@\s*/, '');
  const location = /^[^\s;#[]+/.exec(written)?.[0] ?? '';
  const path = /^file:(?:\/\/)?(.*)$/.exec(location)?.[1] ?? location;
  const isPath =
    location.startsWith('file:') || text.startsWith('-e') || /^[.~/]/.test(path) || /^[\w.-]+\//.test(path);
  return isPath && !/^[\w+]+:\/\//.test(path) ? path : undefined;
}

/** Limit of projects, above any real repository. */
const maxProjects = 500;

const manifests = ['pyproject.toml', 'setup.py', 'setup.cfg'];

/** Reads the manifests of projects that are required by path, because the resolution depends on them. */
export async function readLocalProjects(repository: Repository, requirements: string[]): Promise<void> {
  const paths = requirements.flatMap((text) => getLocalPath(text) ?? []).filter((path) => !path.startsWith('/'));
  await readBuildInputs(
    repository,
    paths.slice(0, maxProjects).flatMap((path) => manifests.map((name) => normalize(join(path, name)))),
  );
}

/** Limits of files that may contain requirements. */
const [maxFileBytes, maxFiles] = [256 * 1024, 200];

/**
 * Reads manifests and the files that they may read: a `setup.py`, or a pyproject.toml with dynamic dependencies, reads
 * lists and modules in its directory.
 */
export async function readBuildInputs(repository: Repository, files: string[]): Promise<void> {
  for (const file of new Set(files)) {
    const text = await repository.read(file).catch(() => undefined);
    if (text === undefined || !(file.endsWith('setup.py') || /^dynamic\s*=|file\s*[:=]/m.test(text))) continue;
    const directory = join(file, '..');
    const nested = (await repository.list(join(directory, 'requirements'))).map((name) => `requirements/${name}`);
    const names = [...(await repository.list(directory)), ...nested].filter((name) =>
      /\.(txt|in|cfg|toml|py)$|^VERSION/.test(name),
    );
    for (const name of names.slice(0, maxFiles))
      await repository.read(join(directory, name), maxFileBytes).catch(() => undefined);
  }
}

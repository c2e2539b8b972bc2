import { join, normalize } from 'node:path/posix';
import type { Repository } from './repository.js';

/** A requirement by path: `-e .`, `./libs/tool`, `libs/tool`, `tool @ ./libs/tool`, `file:libs/tool`. */
export const isLocalRequirement = (text: string): boolean => localPath(text) !== undefined;

function localPath(text: string): string | undefined {
  const written = text.replace(/^-e\s*/, '').replace(/^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*@\s*/, '');
  const place = /^[^\s;#[]+/.exec(written)?.[0] ?? '';
  const path = /^file:(?:\/\/)?(.*)$/.exec(place)?.[1] ?? place;
  const isPath = place.startsWith('file:') || text.startsWith('-e') || /^[.~/]/.test(path) || /^[\w.-]+\//.test(path);
  return isPath && !/^[\w+]+:\/\//.test(path) ? path : undefined;
}

/** Projects that are looked at: more than any repository has. */
const maxProjects = 500;

const manifests = ['pyproject.toml', 'setup.py', 'setup.cfg'];

/** Reads the manifests of the projects that requirements name by path, because the resolution depends on them. */
export async function readLocalProjects(repository: Repository, requirements: string[]): Promise<void> {
  const paths = requirements.flatMap((text) => localPath(text) ?? []).filter((path) => !path.startsWith('/'));
  await readBuildInputs(
    repository,
    paths.slice(0, maxProjects).flatMap((path) => manifests.map((name) => normalize(join(path, name)))),
  );
}

/** Bytes of the largest file that may hold a list of requirements, and how many of them are looked at. */
const [maxFileBytes, maxFiles] = [256 * 1024, 200];

/**
 * Reads manifests, and what may be read by them: a `setup.py`, and a pyproject.toml with dynamic dependencies, take them
 * from lists and modules beside themselves.
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

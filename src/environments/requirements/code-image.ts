import { join, normalize } from 'node:path/posix';
import type { CodeImage } from '../../contract/facts.js';
import type { ManifestRequirements } from './manifest-requirements.js';
import { readPyprojectRequirements } from './pyproject.js';
import type { Repository } from './repository.js';

/** Chooses the image that code describes for a framework: the one in the entry's file, else the first one. */
export function chooseImage(images: CodeImage[], framework: CodeImage['framework'], entry: string | null) {
  const matching = images.filter((image) => image.framework === framework);
  return matching.find(({ file }) => file === entry) ?? matching[0];
}

/** Reads the packages of an image; returns undefined when it has none. Paths are relative to the repository. */
export async function readImageRequirements(
  repository: Repository,
  image: CodeImage | undefined,
): Promise<ManifestRequirements | undefined> {
  if (image === undefined) return undefined;
  const { file, line, framework, python, packages, requirements, projects, options } = image;
  if (packages.length + requirements.length + projects.length === 0) return undefined;
  const declared = await Promise.all(
    projects.map((path) => readPyprojectRequirements(repository, join(normalize(path), '..'))),
  );
  const library = packages.some((name) => new RegExp(`^${framework}\\b`).test(name)) ? [] : [framework];
  return {
    from: `${file}:${line} (image)`,
    pipFiles: requirements.map((path) => normalize(path)),
    projects: declared.flatMap((project) => project?.projects ?? []),
    lines: [...packages, ...declared.flatMap((project) => project?.lines ?? []), ...library],
    options,
    python: python ?? undefined,
    isPackage: false,
    needsCopy: declared.some((project) => project?.needsCopy === true),
  };
}

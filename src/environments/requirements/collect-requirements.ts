import { dirname, join } from 'node:path/posix';
import type { Facts } from '../../contract/facts.js';
import { readBentofileRequirements } from './bentofile.js';
import { chooseImage, readImageRequirements } from './code-image.js';
import { readCogRequirements } from './cog.js';
import { readCondaRequirements, readPixiRequirements } from './conda.js';
import { readLanggraph } from './langgraph.js';
import { listAncestors, readPylockRequirements, readUvLockRequirements } from './lock-files.js';
import type { ManifestRequirements, RequirementsReader } from './manifest-requirements.js';
import { readPipfileRequirements } from './pipenv.js';
import { isInstallable, readPyprojectRequirements } from './pyproject.js';
import type { Repository } from './repository.js';
import { readOtherRequirementFiles, readRequirementsFile } from './requirement-files.js';
import { readScriptRequirements } from './script-metadata.js';
import { readSetuptoolsRequirements } from './setuptools.js';

export interface LocatedRequirements extends ManifestRequirements {
  directory: string;
}

/** Facts that contain requirements. Facts of earlier versions have no images. */
export type RequirementFacts = Pick<Facts, 'cog'> & Partial<Pick<Facts, 'images'>>;

export interface CollectOptions {
  entry: string | null;
  /** Chooses between requirement files for different Pythons; the newest when absent. */
  pythonVersion?: string | undefined;
}

/** Reads the requirements of a repository from the manifests that count for an entry. */
export async function collectRequirements(
  repository: Repository,
  { cog, images = [] }: RequirementFacts,
  { entry, pythonVersion }: CollectOptions,
): Promise<LocatedRequirements[]> {
  const start = entry === null ? '.' : dirname(entry);
  const specific =
    (await readCogRequirements(repository, cog ?? undefined)) ??
    (entry === null ? undefined : await readScriptRequirements(repository, entry)) ??
    (await readFirst(repository, listAncestors(start), readBentofileRequirements)) ??
    (await readImageRequirements(repository, chooseImage(images, 'bentoml', entry)));
  if (specific !== undefined) return [{ ...specific, directory: '.' }];
  for (const directory of listAncestors(start)) {
    const graph = await readLanggraph(repository, directory);
    if (graph === undefined) continue;
    const required = await Promise.all(
      graph.directories.map((path) => readDirectoryRequirements(repository, path, pythonVersion)),
    );
    const { file, lines, python } = graph;
    const listed = { from: file, lines, python, isPackage: false, directory };
    return [...required.flat(), ...(lines.length > 0 || python !== undefined ? [listed] : [])];
  }
  const nearest = await readNearestRequirements(repository, start, pythonVersion);
  if (nearest.length > 0) return nearest;
  // A Modal app without a manifest has its requirements in its image.
  const image = await readImageRequirements(repository, chooseImage(images, 'modal', entry));
  return image === undefined ? [] : [{ ...image, directory: '.' }];
}

async function readFirst(
  repository: Repository,
  directories: string[],
  reader: RequirementsReader,
): Promise<ManifestRequirements | undefined> {
  for (const directory of directories) {
    const requirements = await reader(repository, directory);
    if (requirements !== undefined) return requirements;
  }
  return undefined;
}

/** Reads the manifests nearest to the entry, and also those of the root if the root is a package. */
async function readNearestRequirements(
  repository: Repository,
  start: string,
  pythonVersion: string | undefined,
): Promise<LocatedRequirements[]> {
  for (const directory of listAncestors(start)) {
    const found = await readDirectoryRequirements(repository, directory, pythonVersion);
    if (found.length === 0) continue;
    const isComplete = directory === '.' || found.some(({ lock }) => lock !== undefined);
    return isComplete || !(await isInstallable(repository, '.'))
      ? found
      : [...found, ...(await readDirectoryRequirements(repository, '.', pythonVersion))];
  }
  return [];
}

async function readDirectoryRequirements(
  repository: Repository,
  directory: string,
  pythonVersion: string | undefined,
): Promise<LocatedRequirements[]> {
  const locked =
    (await readUvLockRequirements(repository, directory)) ?? (await readPylockRequirements(repository, directory));
  if (locked !== undefined) return [{ ...locked, directory }];
  const listed = await readRequirementsFile(repository, directory);
  const isPackage = await isInstallable(repository, directory);
  const project =
    (await readPyprojectRequirements(repository, directory)) ??
    (await readSetuptoolsRequirements(repository, directory));
  if (listed !== undefined) {
    // A package's own dependencies are resolved together with the list, which chooses their versions.
    const projects = isPackage && project !== undefined ? [{ ...project, directory }] : [];
    return [{ ...listed, isPackage, directory }, ...projects];
  }
  const readOther = async () =>
    (await readPipfileRequirements(repository, directory)) ??
    (await readOtherRequirementFiles(repository, directory, pythonVersion)) ??
    (await readCondaRequirements(repository, directory)) ??
    (await readPixiRequirements(repository, directory));
  if (project === undefined) {
    const other = await readOther();
    return other === undefined ? [] : [{ ...other, directory }];
  }
  const other = project.hasNoDependencies === true ? await readOther() : undefined;
  return [{ ...project, directory }, ...(other === undefined ? [] : [{ ...other, isPackage, directory }])];
}

/** Returns the directories of packages to install. */
export async function findPackages(repository: Repository, requirements: LocatedRequirements[]): Promise<string[]> {
  const found = await Promise.all(
    requirements.map(async ({ directory, isPackage }) =>
      (isPackage ?? (await isInstallable(repository, directory))) ? [directory] : [],
    ),
  );
  return [...new Set(found.flat())].map((directory) => join(directory));
}

import { dirname, join } from 'node:path/posix';
import type { Facts } from '../../contract/facts.js';
import type { Asked, Asker } from './asked.js';
import { askBentofile } from './bento.js';
import { askImage, chooseImage } from './code-image.js';
import { askCog } from './cog.js';
import { askConda, askPixi } from './conda.js';
import { readLanggraph } from './langgraph.js';
import { askPipfile } from './pipenv.js';
import { askPyproject, isInstallable } from './pyproject.js';
import type { Repository } from './repository.js';
import { askOtherRequirementFiles, askRequirementsFile } from './requirement-files.js';
import { askScript } from './script.js';
import { askSetup } from './setup.js';
import { ancestors, askPylock, askUvLock } from './uv-project.js';

export interface Placed extends Asked {
  directory: string;
}

/** What reading has found already. Facts of earlier versions know no images. */
export type Manifested = Pick<Facts, 'cog'> & Partial<Pick<Facts, 'images'>>;

/** Everything that a repository requires, from the manifests that count for this entry. */
export async function askAll(
  repository: Repository,
  { cog, images = [] }: Manifested,
  entry: string | null,
): Promise<Placed[]> {
  const start = entry === null ? '.' : dirname(entry);
  const own =
    (await askCog(repository, cog ?? undefined)) ??
    (entry === null ? undefined : await askScript(repository, entry)) ??
    (await firstOf(repository, ancestors(start), askBentofile)) ??
    (await askImage(repository, chooseImage(images, 'bentoml', entry)));
  if (own !== undefined) return [{ ...own, directory: '.' }];
  for (const directory of ancestors(start)) {
    const graph = await readLanggraph(repository, directory);
    if (graph === undefined) continue;
    const places = await Promise.all(graph.directories.map((place) => askPlace(repository, place)));
    const { file, lines, python } = graph;
    const listed = { from: file, lines, python, isPackage: false, directory };
    return [...places.flat(), ...(lines.length > 0 || python !== undefined ? [listed] : [])];
  }
  const nearest = await askNearest(repository, start);
  if (nearest.length > 0) return nearest;
  // A Modal app may have no manifest at all: its image is one.
  const image = await askImage(repository, chooseImage(images, 'modal', entry));
  return image === undefined ? [] : [{ ...image, directory: '.' }];
}

async function firstOf(repository: Repository, directories: string[], asker: Asker): Promise<Asked | undefined> {
  for (const directory of directories) {
    const asked = await asker(repository, directory);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

/** What lies beside the entry, else above it; the root too where that is a package of its own. */
async function askNearest(repository: Repository, start: string): Promise<Placed[]> {
  for (const directory of ancestors(start)) {
    const found = await askPlace(repository, directory);
    if (found.length === 0) continue;
    const isWhole = directory === '.' || found.some(({ lock }) => lock !== undefined);
    return isWhole || !(await isInstallable(repository, '.'))
      ? found
      : [...found, ...(await askPlace(repository, '.'))];
  }
  return [];
}

async function askPlace(repository: Repository, directory: string): Promise<Placed[]> {
  const locked = (await askUvLock(repository, directory)) ?? (await askPylock(repository, directory));
  if (locked !== undefined) return [{ ...locked, directory }];
  const listed = await askRequirementsFile(repository, directory);
  const isPackage = await isInstallable(repository, directory);
  const project = (await askPyproject(repository, directory)) ?? (await askSetup(repository, directory));
  if (listed !== undefined) {
    // A package is resolved together with its own dependencies; where they stand besides, the list says which.
    const own = isPackage && project !== undefined ? [{ ...project, directory }] : [];
    return [{ ...listed, isPackage, directory }, ...own];
  }
  const rest = async () =>
    (await askPipfile(repository, directory)) ??
    (await askOtherRequirementFiles(repository, directory)) ??
    (await askConda(repository, directory)) ??
    (await askPixi(repository, directory));
  if (project === undefined) {
    const other = await rest();
    return other === undefined ? [] : [{ ...other, directory }];
  }
  const other = project.isEmpty === true ? await rest() : undefined;
  return [{ ...project, directory }, ...(other === undefined ? [] : [{ ...other, isPackage, directory }])];
}

/** Directories of those that are packages to be installed. */
export async function findPackages(repository: Repository, asked: Placed[]): Promise<string[]> {
  const found = await Promise.all(
    asked.map(async ({ directory, isPackage }) =>
      (isPackage ?? (await isInstallable(repository, directory))) ? [directory] : [],
    ),
  );
  return [...new Set(found.flat())].map((directory) => join(directory));
}

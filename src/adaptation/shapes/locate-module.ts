import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { listSourceFiles } from '../../workspaces/index.js';

/** A file of the repository, and how it is imported. */
export type ModuleLocation = Pick<EntryPoint, 'file' | 'module' | 'root' | 'paths' | 'byFile' | 'package'>;

/** Returns the file as it was written; undefined where there is none. */
export async function locateFile(file: string, workspace: string, facts: Facts): Promise<ModuleLocation | undefined> {
  if (!(await exists(join(workspace, file)))) return undefined;
  return findKnownLocation(file, facts) ?? (await deriveLocation(file, workspace));
}

/**
 * Returns the files that a module of this name is in: by the name that it has for the repository, else by the one that a
 * package in the repository gives it (`foo.core` in `packages/foo/src/foo/core.py`). Several where any could be meant.
 */
export async function locateModule(module: string, workspace: string, facts: Facts): Promise<ModuleLocation[]> {
  const parts = module.split('.');
  const ends = [`${parts.join('/')}.py`, `${parts.join('/')}/__init__.py`];
  const files = (await listSourceFiles(workspace)).map(({ path }) => path);
  const named = files.filter((file) => ends.some((end) => file === end || file.endsWith(`/${end}`)));
  const known = named.map((file) => findKnownLocation(file, facts)).filter((place) => place?.module === module);
  if (known.length > 0) return known.filter((place) => place !== undefined);
  const places = named.map((file) => {
    const end = ends.find((one) => file.endsWith(one)) ?? '';
    return nameModuleBelow(file, dirname(`${file.slice(0, -end.length)}x`), parts);
  });
  const atTop = places.filter(({ file }) => ends.some((end) => file === end || file === `src/${end}`));
  return atTop.length > 0 ? atTop : places;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What the facts say of any callable in the file holds for the file. */
function findKnownLocation(path: string, { entryPoints }: Facts): ModuleLocation | undefined {
  const known = entryPoints.find((entry) => entry.file === path);
  if (known === undefined) return undefined;
  const { file, module, root, paths, byFile, package: made } = known;
  return { file, module, root, ...(paths && { paths }), ...(byFile && { byFile }), ...(made && { package: made }) };
}

/** Of a file in which reading sees nothing to call: named from the directory above its outermost package. */
async function deriveLocation(file: string, workspace: string): Promise<ModuleLocation> {
  let root = dirname(file);
  while (root !== '.' && (await exists(join(workspace, root, '__init__.py')))) root = dirname(root);
  const parts = (root === '.' ? file : file.slice(root.length + 1)).replace(/\.py$/, '').split('/');
  return nameModuleBelow(file, root, parts.length > 1 && parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts);
}

/** A directory whose name is none to Python cannot be a package: the module's name starts below it. */
function nameModuleBelow(file: string, root: string, parts: string[]): ModuleLocation {
  const last = parts.slice(0, -1).findLastIndex((part) => !isIdentifier(part));
  const inner = join(root, ...parts.slice(0, last + 1));
  const [stem = '', ...above] = parts.slice(last + 1).toReversed();
  if (isIdentifier(stem)) return { file, root: inner, module: [...above.toReversed(), stem].join('.') };
  // It has no name to import it by, and is loaded by its file under this one.
  const name = stem.replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '_').replace(/^(?![\p{L}_])/u, '_');
  return { file, root: inner, module: [...above.toReversed(), name].join('.'), byFile: true };
}

const isIdentifier = (text: string): boolean => /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(text);

import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { listSourceFiles } from '../../workspaces/index.js';

/** A file of the repository and how to import it. */
export type ModuleLocation = Pick<EntryPoint, 'file' | 'module' | 'root' | 'paths' | 'byFile' | 'package'>;

/** Locates a file by its path; undefined if it does not exist. */
export async function locateFile(file: string, workspace: string, facts: Facts): Promise<ModuleLocation | undefined> {
  if (!(await exists(join(workspace, file)))) return undefined;
  return findKnownLocation(file, facts) ?? (await deriveLocation(file, workspace));
}

/**
 * Locates a module by its name within the repository, or else by its name within a package of the repository
 * (`foo.core` in `packages/foo/src/foo/core.py`). Returns several locations if the name is ambiguous.
 */
export async function locateModule(module: string, workspace: string, facts: Facts): Promise<ModuleLocation[]> {
  const parts = module.split('.');
  const ends = [`${parts.join('/')}.py`, `${parts.join('/')}/__init__.py`];
  const files = (await listSourceFiles(workspace)).map(({ path }) => path);
  const named = files.filter((file) => ends.some((end) => file === end || file.endsWith(`/${end}`)));
  const known = named.map((file) => findKnownLocation(file, facts)).filter((location) => location?.module === module);
  if (known.length > 0) return known.filter((location) => location !== undefined);
  const locations = named.map((file) => {
    const end = ends.find((suffix) => file.endsWith(suffix)) ?? '';
    return nameModule(file, dirname(`${file.slice(0, -end.length)}x`), parts);
  });
  const atRoot = locations.filter(({ file }) => ends.some((end) => file === end || file === `src/${end}`));
  return atRoot.length > 0 ? atRoot : locations;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Takes the location of a file from the facts of any callable in it. */
function findKnownLocation(path: string, { entryPoints }: Facts): ModuleLocation | undefined {
  const known = entryPoints.find((entry) => entry.file === path);
  if (known === undefined) return undefined;
  const { file, module, root, paths, byFile, package: built } = known;
  return { file, module, root, ...(paths && { paths }), ...(byFile && { byFile }), ...(built && { package: built }) };
}

/** Derives the location of a file without known callables: the root is the parent of its outermost package. */
async function deriveLocation(file: string, workspace: string): Promise<ModuleLocation> {
  let root = dirname(file);
  while (root !== '.' && (await exists(join(workspace, root, '__init__.py')))) root = dirname(root);
  const parts = (root === '.' ? file : file.slice(root.length + 1)).replace(/\.py$/, '').split('/');
  return nameModule(file, root, parts.length > 1 && parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts);
}

/**
 * Names a module. A directory whose name is not a Python identifier cannot be a package, so the name starts below it.
 */
function nameModule(file: string, root: string, parts: string[]): ModuleLocation {
  const last = parts.slice(0, -1).findLastIndex((part) => !isIdentifier(part));
  const inner = join(root, ...parts.slice(0, last + 1));
  const [stem = '', ...above] = parts.slice(last + 1).toReversed();
  if (isIdentifier(stem)) return { file, root: inner, module: [...above.toReversed(), stem].join('.') };
  // The file's name is not importable, so the module is loaded by its file under a generated name.
  const name = stem.replaceAll(/[^\p{L}\p{M}\p{N}_]/gu, '_').replace(/^(?![\p{L}_])/u, '_');
  return { file, root: inner, module: [...above.toReversed(), name].join('.'), byFile: true };
}

const isIdentifier = (text: string): boolean => /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(text);

import { distance } from 'fastest-levenshtein';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import type { RecipeInput } from '../../registry/recipe.js';
import { findCalledMethod, isConstructible } from './called-method.js';
import { createUnlistedEntry } from './create-unlisted-entry.js';
import { describeSyntaxError } from './find-hiding-syntax-error.js';
import { formatEntry, type Target } from './function-interface.js';
import { locateFile, locateModule, type ModuleLocation } from './locate-module.js';
import { type EntryName, parseEntry } from './parse-entry.js';

/** Maximum similar names that an error lists. */
const maxListed = 5;

/**
 * Finds the callable that the user named. A name that the facts do not contain is accepted if its file or module may
 * exist: the import decides.
 *
 * @throws ENTRY_INVALID, PYTHON_SYNTAX when its file cannot be parsed, ENTRY_AMBIGUOUS when several modules of the
 * repository have the name, ENTRY_NOT_FOUND when there can be no such module
 */
export async function findEntry(written: string, { facts, workspace }: RecipeInput): Promise<Target> {
  const name = parseEntry(written);
  const listed = facts.entryPoints.find(
    (candidate) => isInModule(candidate, name) && candidate.callable === name.callable,
  );
  if (listed !== undefined) return chooseInstance({ entry: listed, ...pickMethod(name) }, facts);
  const broken = facts.syntaxErrors.find(({ file }) => isNamedFile(file, name));
  if (broken !== undefined) throw describeSyntaxError(broken);
  const location = await locateEntryModule(written, name, { facts, workspace });
  const known = facts.entryPoints.find(({ file, callable }) => file === location?.file && callable === name.callable);
  if (known !== undefined && location !== undefined)
    return chooseInstance({ entry: { ...known, ...location }, ...pickMethod(name) }, facts);
  return { ...createUnlistedEntry(name, location), ...pickMethod(name) };
}

const isInModule = ({ module, file }: Pick<EntryPoint, 'module' | 'file'>, name: EntryName): boolean =>
  name.file === null ? module === name.module : file === name.file;

const pickMethod = ({ method }: EntryName): Pick<Target, 'method'> => (method === undefined ? {} : { method });

/** Returns undefined if only an installed package can provide the module. */
async function locateEntryModule(
  written: string,
  name: EntryName,
  input: RecipeInput,
): Promise<ModuleLocation | undefined> {
  const { facts, workspace } = input;
  if (name.file !== null) {
    const location = await locateFile(name.file, workspace, facts);
    if (location !== undefined) return location;
    throw entryNotFoundError(written, `there is no file ${name.file}`, listFileNames(facts));
  }
  const module = name.module ?? '';
  const [location, ...others] = await locateModule(module, workspace, facts);
  if (location !== undefined && others.length === 0) return location;
  if (location !== undefined) throw ambiguousModuleError(written, name, [location, ...others]);
  if (await isCertainlyMissing(name, input))
    throw entryNotFoundError(written, `there is no module ${module}`, listNames(facts));
  return undefined;
}

/**
 * Returns true if no installed package can provide the module either: it would be part of a package in the repository
 * that is not built, or it is a typo of a module that has the callable.
 */
async function isCertainlyMissing(
  { module, callable }: EntryName,
  { facts, workspace }: RecipeInput,
): Promise<boolean> {
  const [first = '', ...inner] = (module ?? '').split('.');
  if (!isIdentifierPath(module ?? '')) return true;
  const isBuilt = facts.manifests.some(({ file }) => /(^|\/)(pyproject\.toml|setup\.(py|cfg))$/.test(file));
  if (inner.length > 0 && !isBuilt && (await locateModule(first, workspace, facts)).length > 0) return true;
  return facts.entryPoints.some(
    (entry) =>
      entry.callable === callable && distance(entry.module, module ?? '') <= Math.ceil(entry.module.length / 8),
  );
}

const isIdentifierPath = (module: string): boolean => /^[\p{L}_][\p{L}\p{M}\p{N}_.]*$/u.test(module);

/** Replaces a class that cannot be instantiated without arguments by the only instance of it in its module. */
function chooseInstance(target: Target, { entryPoints }: Facts): Target {
  const { entry, method } = target;
  const called = method ?? findCalledMethod(entry);
  if (entry.kind !== 'class' || isConstructible(entry) || getBinding(entry, called) !== undefined) return target;
  const instances = entryPoints.filter(({ instanceOf, file }) => instanceOf === entry.callable && file === entry.file);
  const [instance] = instances;
  if (instance === undefined || instances.length > 1) return target;
  const { module, root, paths, byFile, package: built } = entry;
  const location = {
    module,
    root,
    ...(paths && { paths }),
    ...(byFile && { byFile }),
    ...(built && { package: built }),
  };
  return { entry: { ...instance, ...location }, ...(called !== undefined && { method: called }) };
}

const getBinding = ({ methodKinds }: EntryPoint, method: string | undefined): string | undefined =>
  method === undefined ? undefined : methodKinds?.[method]?.binding;

function ambiguousModuleError(
  written: string,
  { callable, method }: EntryName,
  locations: ModuleLocation[],
): BerthError {
  const named = [callable, ...(method === undefined ? [] : [method])].join('.');
  const candidates = locations.map(({ file }) => `${file}:${named}`);
  const lines = candidates.map((candidate) => `  --entry ${candidate}`);
  const message = [`--entry ${written}: ${locations.length} modules have this name; choose one:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { ...(candidates[0] && { entry: candidates[0] }), candidates });
}

const listNames = ({ entryPoints }: Facts): string[] => entryPoints.map((entry) => formatEntry({ entry }));

const listFileNames = ({ entryPoints }: Facts): string[] =>
  entryPoints.map(({ file, callable }) => `${file}:${callable}`);

function entryNotFoundError(written: string, problem: string, names: string[]): BerthError {
  const similar = listSimilar(written, names);
  const hint = similar.length > 0 ? `; similar: ${similar.map((entry) => `--entry ${entry}`).join(', ')}` : '';
  const message = `--entry ${written}: ${problem}${hint}`;
  return new BerthError('ENTRY_NOT_FOUND', message, { entry: written, candidates: similar });
}

/** Returns true if a file that could not be parsed is the named one. */
function isNamedFile(file: string, { module, file: named }: EntryName): boolean {
  if (module === null) return file === named;
  const path = module.replaceAll('.', '/');
  return [`${path}.py`, `${path}/__init__.py`].some((end) => file === end || file.endsWith(`/${end}`));
}

const listSimilar = (written: string, names: string[]): string[] =>
  [...new Set(names)].toSorted((left, right) => distance(written, left) - distance(written, right)).slice(0, maxListed);

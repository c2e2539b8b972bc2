import { distance } from 'fastest-levenshtein';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import type { RecipeInput } from '../../registry/recipe.js';
import { findCalledMethod, isConstructible } from './called-method.js';
import { createUnseenEntry } from './create-unseen-entry.js';
import { describeSyntaxError } from './find-hiding-syntax-error.js';
import { formatEntry, type Target } from './function-interface.js';
import { locateFile, locateModule, type ModuleLocation } from './locate-module.js';
import { type EntryName, parseEntry } from './parse-entry.js';

/** Near names that an error lists. */
const maxListed = 5;

/**
 * Returns the callable that was named. Reading suggests, the import decides: where the file or the module may be there,
 * a name that reading does not see in it is taken at its word. Throws ENTRY_INVALID, PYTHON_SYNTAX when its file cannot be
 * parsed, ENTRY_AMBIGUOUS when several modules of the repository have the name, ENTRY_NOT_FOUND when there can be none.
 */
export async function findEntry(written: string, { facts, workspace }: RecipeInput): Promise<Target> {
  const name = parseEntry(written);
  const seen = facts.entryPoints.find(
    (candidate) => isInModule(candidate, name) && candidate.callable === name.callable,
  );
  if (seen !== undefined) return chooseInstance({ entry: seen, ...pickMethod(name) }, facts);
  const broken = facts.syntaxErrors.find(({ file }) => isNamedFile(file, name));
  if (broken !== undefined) throw describeSyntaxError(broken);
  const place = await locateEntryModule(written, name, { facts, workspace });
  const known = facts.entryPoints.find(({ file, callable }) => file === place?.file && callable === name.callable);
  if (known !== undefined && place !== undefined)
    return chooseInstance({ entry: { ...known, ...place }, ...pickMethod(name) }, facts);
  return { ...createUnseenEntry(name, place), ...pickMethod(name) };
}

const isInModule = ({ module, file }: Pick<EntryPoint, 'module' | 'file'>, name: EntryName): boolean =>
  name.file === null ? module === name.module : file === name.file;

const pickMethod = ({ method }: EntryName): Pick<Target, 'method'> => (method === undefined ? {} : { method });

/** Undefined for a module that can only be an installed one. */
async function locateEntryModule(
  written: string,
  name: EntryName,
  input: RecipeInput,
): Promise<ModuleLocation | undefined> {
  const { facts, workspace } = input;
  if (name.file !== null) {
    const place = await locateFile(name.file, workspace, facts);
    if (place === undefined) throw entryNotFoundError(written, `there is no file ${name.file}`, listFileNames(facts));
    return place;
  }
  const module = name.module ?? '';
  const [place, ...others] = await locateModule(module, workspace, facts);
  if (place !== undefined && others.length === 0) return place;
  if (place !== undefined) throw ambiguousModuleError(written, name, [place, ...others]);
  if (await isCertainlyMissing(name, input))
    throw entryNotFoundError(written, `there is no module ${module}`, listNames(facts));
  return undefined;
}

/**
 * Whether the module can be no installed one either: it would be a part of a package that lies in the repository and is
 * not built, or it is a slip of the pen for one that has the callable.
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

/** A class that cannot be built without arguments is the one instance that its module holds. */
function chooseInstance(target: Target, { entryPoints }: Facts): Target {
  const { entry, method } = target;
  const called = method ?? findCalledMethod(entry);
  if (entry.kind !== 'class' || isConstructible(entry) || getBinding(entry, called) !== undefined) return target;
  const instances = entryPoints.filter(({ instanceOf, file }) => instanceOf === entry.callable && file === entry.file);
  const [instance] = instances;
  if (instance === undefined || instances.length > 1) return target;
  const { module, root, paths, byFile, package: made } = entry;
  const place = { module, root, ...(paths && { paths }), ...(byFile && { byFile }), ...(made && { package: made }) };
  return { entry: { ...instance, ...place }, ...(called !== undefined && { method: called }) };
}

const getBinding = ({ methodKinds }: EntryPoint, method: string | undefined): string | undefined =>
  method === undefined ? undefined : methodKinds?.[method]?.binding;

function ambiguousModuleError(written: string, { callable, method }: EntryName, places: ModuleLocation[]): BerthError {
  const named = [callable, ...(method === undefined ? [] : [method])].join('.');
  const candidates = places.map(({ file }) => `${file}:${named}`);
  const lines = candidates.map((candidate) => `  --entry ${candidate}`);
  const message = [`--entry ${written}: ${places.length} modules have this name; say which:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { ...(candidates[0] && { entry: candidates[0] }), candidates });
}

const listNames = ({ entryPoints }: Facts): string[] => entryPoints.map((entry) => formatEntry({ entry }));

const listFileNames = ({ entryPoints }: Facts): string[] =>
  entryPoints.map(({ file, callable }) => `${file}:${callable}`);

function entryNotFoundError(written: string, what: string, names: string[]): BerthError {
  const near = nearest(written, names);
  const hint = near.length > 0 ? `; near it: ${near.map((entry) => `--entry ${entry}`).join(', ')}` : '';
  return new BerthError('ENTRY_NOT_FOUND', `--entry ${written}: ${what}${hint}`, { entry: written, candidates: near });
}

/** Whether a file that could not be parsed is the one that was named. */
function isNamedFile(file: string, { module, file: named }: EntryName): boolean {
  if (module === null) return file === named;
  const path = module.replaceAll('.', '/');
  return [`${path}.py`, `${path}/__init__.py`].some((end) => file === end || file.endsWith(`/${end}`));
}

const nearest = (written: string, names: string[]): string[] =>
  [...new Set(names)].toSorted((left, right) => distance(written, left) - distance(written, right)).slice(0, maxListed);

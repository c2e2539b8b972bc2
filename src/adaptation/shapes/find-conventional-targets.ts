import type { EntryPoint, Facts } from '../../contract/facts.js';
import { findCalledMethod, isConstructible } from './called-method.js';
import { listHidingErrors, rankEntry } from './rank-entry.js';

/** Conventional function names. Earlier names take precedence over later ones, and functions over classes. */
const functionNames = ['predict', 'run', 'infer', 'inference', 'generate'];

/**
 * Finds the best candidates by the convention below. Several are equally good. Returns none if a file that does not
 * parse may hide a better one.
 *
 * 1. A function named `predict`, `run`, `infer`, `inference`, `generate`, in this order. 2. A class with `predict`,
 * `run` or `__call__` that can be instantiated without arguments, or a module-level instance of
 *    one that cannot.
 * 3. The only public function of the conventional modules, or of the repository.
 *
 * Among equal candidates, the location decides.
 */
export function findConventionalTargets(facts: Facts): EntryPoint[] {
  const entries = facts.entryPoints.filter(({ callable }) => !callable.startsWith('_'));
  const named = functionNames.map((name) => entries.filter((entry) => isNamedFunction(entry, name)));
  const best = [...named, ...listClasses(entries)].find((group) => group.length > 0);
  if (best === undefined)
    return listHidingErrors(facts, Number.POSITIVE_INFINITY).length > 0 ? [] : findOnlyFunction(entries);
  const rank = Math.min(...best.map(rankEntry));
  return listHidingErrors(facts, rank).length > 0
    ? []
    : dropReexports(best.filter((entry) => rankEntry(entry) === rank));
}

/**
 * Matches a function by name. Without parameters only `predict()` counts: `run()` and similar names read the command
 * line.
 */
const isNamedFunction = (entry: EntryPoint, name: string): boolean =>
  entry.kind === 'function' && entry.callable === name && (name === 'predict' || entry.parameters.length > 0);

/** Groups classes and instances by the method that is called, in order of preference. */
function listClasses(entries: EntryPoint[]): EntryPoint[][] {
  const classes = entries.filter((entry) => isConstructible(entry) || isModuleInstance(entry, entries));
  return ['predict', 'run', '__call__'].map((method) => classes.filter((entry) => findCalledMethod(entry) === method));
}

/**
 * Matches `model = Model("weights")` at module level, if `Model` cannot be instantiated without arguments. An instance
 * with only `run()` and no parameters is a server.
 */
function isModuleInstance(entry: EntryPoint, entries: EntryPoint[]): boolean {
  if (entry.kind !== 'object' || entry.instanceOf === undefined) return false;
  if (findCalledMethod(entry) === 'run' && entry.parameters.length === 0) return false;
  return !entries.some((other) => other.callable === entry.instanceOf && isConstructible(other));
}

function findOnlyFunction(entries: EntryPoint[]): EntryPoint[] {
  const functions = dropReexports(entries.filter(isCallableFunction));
  const conventional = functions.filter((entry) => rankEntry(entry) === 0);
  return conventional.length > 0 ? conventional : functions;
}

/** Excludes `main()` without parameters, which reads the command line. */
const isCallableFunction = ({ kind, callable, parameters }: EntryPoint): boolean =>
  kind === 'function' && !(callable === 'main' && parameters.length === 0);

/** Drops reexports of the same definition; the first one stays. */
function dropReexports(entries: EntryPoint[]): EntryPoint[] {
  const seen = new Map(entries.toReversed().map((entry) => [`${entry.file}:${entry.line}`, entry]));
  return entries.filter((entry) => seen.get(`${entry.file}:${entry.line}`) === entry);
}

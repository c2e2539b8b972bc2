import type { EntryPoint, Facts } from '../../contract/facts.js';
import { findCalledMethod, isConstructible } from './called-method.js';
import { listHidingErrors, rankEntry } from './rank-entry.js';

/** Functions named so are called; earlier names win over later ones, and any of them over a class. */
const functionNames = ['predict', 'run', 'infer', 'inference', 'generate'];

/**
 * The callables that are the best candidates by the convention below; several are equally good. Empty when none is, or
 * when a file that does not parse may hide a better one.
 *
 * 1. A function called `predict`, `run`, `infer`, `inference`, `generate`, in this order.
 * 2. A class with `predict`, `run` or `__call__` that can be built without arguments, or an instance of one that cannot.
 * 3. The only public function of the conventional modules, or of the whole repository.
 *
 * Among equals the place decides.
 */
export function findConventionalTargets(facts: Facts): EntryPoint[] {
  const entries = facts.entryPoints.filter(({ callable }) => !callable.startsWith('_'));
  const named = functionNames.map((name) => entries.filter((entry) => isNamedFunction(entry, name)));
  const best = [...named, ...listClasses(entries)].find((group) => group.length > 0);
  if (best === undefined)
    return listHidingErrors(facts, Number.POSITIVE_INFINITY).length > 0 ? [] : findOnlyFunction(entries);
  const place = Math.min(...best.map(rankEntry));
  return listHidingErrors(facts, place).length > 0
    ? []
    : dropReexports(best.filter((entry) => rankEntry(entry) === place));
}

/** Without parameters, `run()` and the like are command lines: only `predict()` is taken at its word. */
const isNamedFunction = (entry: EntryPoint, name: string): boolean =>
  entry.kind === 'function' && entry.callable === name && (name === 'predict' || entry.parameters.length > 0);

/** A class with `predict` says more than one that can merely be called. */
function listClasses(entries: EntryPoint[]): EntryPoint[][] {
  const classes = entries.filter((entry) => isConstructible(entry) || isHeldInstance(entry, entries));
  return ['predict', 'run', '__call__'].map((method) => classes.filter((entry) => findCalledMethod(entry) === method));
}

/** `model = Model("weights")` at module level, where nobody else can build a `Model`. `run()` alone is a server's. */
function isHeldInstance(entry: EntryPoint, entries: EntryPoint[]): boolean {
  if (entry.kind !== 'object' || entry.instanceOf === undefined) return false;
  if (findCalledMethod(entry) === 'run' && entry.parameters.length === 0) return false;
  return !entries.some((other) => other.callable === entry.instanceOf && isConstructible(other));
}

function findOnlyFunction(entries: EntryPoint[]): EntryPoint[] {
  const functions = dropReexports(entries.filter(isCallableFunction));
  const conventional = functions.filter((entry) => rankEntry(entry) === 0);
  return conventional.length > 0 ? conventional : functions;
}

/** `main()` without parameters reads the command line. */
const isCallableFunction = ({ kind, callable, parameters }: EntryPoint): boolean =>
  kind === 'function' && !(callable === 'main' && parameters.length === 0);

/** The same definition, offered by its module and by a package: the first counts once. */
function dropReexports(entries: EntryPoint[]): EntryPoint[] {
  const seen = new Map(entries.toReversed().map((entry) => [`${entry.file}:${entry.line}`, entry]));
  return entries.filter((entry) => seen.get(`${entry.file}:${entry.line}`) === entry);
}

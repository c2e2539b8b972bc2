import { basename } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { findCalledMethod, isConstructible } from './called-method.js';

/** Functions named so are called; earlier names win over later ones, and any of them over a class. */
const functionNames = ['predict', 'run', 'infer', 'inference', 'generate'];

const conventionalFiles = new Set([
  ...['predict.py', 'predictor.py', 'main.py', 'app.py', 'inference.py', 'infer.py', 'model.py', 'handler.py'],
  ...['run.py', 'serve.py', 'agent.py', 'pipeline.py', '__init__.py'],
]);

/** What lies there shows or tests the software; it is not the software. */
const sideDirectories = new Set([
  ...['examples', 'example', 'docs', 'doc', 'scripts', 'tools', 'benchmarks', 'benchmark', 'bench'],
  ...['notebooks', 'demo', 'demos', 'samples', 'training', 'train'],
]);

/**
 * The callables that are the best candidates by the convention below; several are equally good. Empty when none is.
 *
 * 1. A function called `predict`, `run`, `infer`, `inference`, `generate`, in this order.
 * 2. A class with `predict`, `run` or `__call__` that can be built without arguments.
 * 3. The only public function of the conventional modules, or of the whole repository.
 *
 * Among equals the place decides: a conventional file at an import root, then one in a package or any file at a root,
 * then the rest, last what lies in `examples`, `scripts` and the like.
 */
export function findConventionalTargets(facts: Facts): EntryPoint[] {
  const entries = facts.entryPoints.filter(isOffered);
  const named = functionNames.map((name) => entries.filter((entry) => isNamedFunction(entry, name)));
  const classes = entries.filter((entry) => isConstructible(entry) && findCalledMethod(entry) !== undefined);
  const best = [...named, ...classesByMethod(classes)].find((group) => group.length > 0);
  return best === undefined ? findOnlyFunction(entries) : keepBestPlace(best);
}

const isOffered = ({ callable }: EntryPoint): boolean => !callable.startsWith('_');

/** Without parameters, `run()` and the like are command lines: only `predict()` is taken at its word. */
const isNamedFunction = (entry: EntryPoint, name: string): boolean =>
  entry.kind === 'function' && entry.callable === name && (name === 'predict' || entry.parameters.length > 0);

/** A class with `predict` says more than one that can merely be called. */
const classesByMethod = (classes: EntryPoint[]): EntryPoint[][] =>
  ['predict', 'run', '__call__'].map((method) => classes.filter((entry) => findCalledMethod(entry) === method));

function findOnlyFunction(entries: EntryPoint[]): EntryPoint[] {
  const functions = dropReexports(entries.filter(isCallableFunction));
  const conventional = functions.filter((entry) => placeOf(entry) === 0);
  return conventional.length > 0 ? conventional : functions;
}

/** `main()` without parameters reads the command line. */
const isCallableFunction = ({ kind, callable, parameters }: EntryPoint): boolean =>
  kind === 'function' && !(callable === 'main' && parameters.length === 0);

function keepBestPlace(entries: EntryPoint[]): EntryPoint[] {
  const best = Math.min(...entries.map(placeOf));
  return dropReexports(entries.filter((entry) => placeOf(entry) === best));
}

/** The same definition, offered by its module and by a package: the first counts once. */
function dropReexports(entries: EntryPoint[]): EntryPoint[] {
  const seen = new Map(entries.toReversed().map((entry) => [`${entry.file}:${entry.line}`, entry]));
  return entries.filter((entry) => seen.get(`${entry.file}:${entry.line}`) === entry);
}

function placeOf({ file, module, root }: EntryPoint): number {
  const directories = file.split('/').slice(0, -1);
  if (directories.some((directory) => sideDirectories.has(directory)) || sideDirectories.has(root)) return 3;
  const isAtRoot = !module.includes('.');
  const isConventional = conventionalFiles.has(basename(file));
  if (isConventional && isAtRoot) return 0;
  return isConventional || isAtRoot ? 1 : 2;
}

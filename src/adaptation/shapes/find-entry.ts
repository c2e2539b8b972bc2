import { distance } from 'fastest-levenshtein';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { findCalledMethod, isConstructible } from './called-method.js';
import { type Target, toEntry } from './function-interface.js';
import { describeSyntaxError } from './hidden-by-syntax.js';
import { type EntryName, parseEntry } from './parse-entry.js';

/** Near names that an error lists. */
const listed = 5;

/** The callable that was named. Throws ENTRY_INVALID, PYTHON_SYNTAX when its file cannot be parsed, ENTRY_NOT_FOUND. */
export function findEntry(written: string, facts: Facts): Target {
  const name = parseEntry(written);
  const entry = facts.entryPoints.find((candidate) => isIn(candidate, name) && candidate.callable === name.callable);
  if (entry === undefined) throw notFound(written, name, facts);
  const target: Target = name.method === undefined ? { entry } : { entry, method: name.method };
  checkTarget(target, written);
  return target;
}

const isIn = ({ module, file }: Pick<EntryPoint, 'module' | 'file'>, name: EntryName): boolean =>
  name.file === null ? module === name.module : file === name.file;

function checkTarget({ entry, method }: Target, written: string): void {
  const missing = (message: string): BerthError => new BerthError('ENTRY_NOT_FOUND', message, { entry: written });
  const place = `${entry.file}:${entry.line}`;
  if (entry.kind === 'function') {
    if (method === undefined) return;
    throw missing(`${entry.callable} is a function (${place}): it has no method ${method}`);
  }
  // What an object can do shows when it is made: only its class knows, and that may be a library's.
  if (entry.kind === 'object') return;
  if (!isConstructible(entry)) {
    const names = entry.constructorParameters.map(({ name }) => name).join(', ');
    throw missing(
      `${entry.callable} (${place}) cannot be built without arguments: it needs ${names}. Name a function that builds it.`,
    );
  }
  const methods = entry.methods.join(', ') || 'no method at all';
  if (method !== undefined && !entry.methods.includes(method)) {
    throw missing(`${entry.callable} (${place}) has no method ${method}; it has ${methods}`);
  }
  if (method === undefined && findCalledMethod(entry) === undefined) {
    throw missing(`${entry.callable} (${place}) has no predict, run or __call__; name a method: it has ${methods}`);
  }
}

function notFound(written: string, name: EntryName, facts: Facts): BerthError {
  const broken = facts.syntaxErrors.find(({ file }) => isNamedFile(file, name));
  if (broken !== undefined) return describeSyntaxError(broken);
  const here = facts.entryPoints.filter((entry) => isIn(entry, name));
  const what =
    here.length > 0 ? `${name.callable} is nothing that can be called` : 'there is no module with functions or classes';
  const near = nearest(
    written,
    (here.length > 0 ? here : facts.entryPoints).map((entry) => toEntry({ entry })),
  );
  const hint = near.length > 0 ? `; near it: ${near.map((entry) => `--entry ${entry}`).join(', ')}` : '';
  const details = { entry: written, candidates: near };
  return new BerthError(
    'ENTRY_NOT_FOUND',
    `--entry ${written}: ${what} in ${name.module ?? name.file}${hint}`,
    details,
  );
}

/** Whether a file that could not be parsed is the one that was named. */
function isNamedFile(file: string, { module, file: named }: EntryName): boolean {
  if (module === null) return file === named;
  const path = module.replaceAll('.', '/');
  return [`${path}.py`, `${path}/__init__.py`].some((end) => file === end || file.endsWith(`/${end}`));
}

const nearest = (written: string, names: string[]): string[] =>
  [...new Set(names)].toSorted((left, right) => distance(written, left) - distance(written, right)).slice(0, listed);

import { basename, dirname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { readRequirements } from '../../environments/index.js';
import { listSourceFiles } from '../../workspaces/index.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import type { FailureContext, MissingFinder } from './failure-context.js';
import { findPackage, removedModules } from './module-packages.js';

const maxFileBytes = 200_000;

/** Modules that are imported, and that neither the repository nor what it asks for has. */
export const findMissingModules: MissingFinder = async (text, surroundings) => {
  const modules = listModules(text);
  const found = await Promise.all(modules.map((module) => explainModule({ module, text, surroundings })));
  const named = (module: string) => (modules.length > 1 ? module : 'it');
  const sentences = found.flatMap(({ module, explain }) => explain?.(named(module)) ?? []);
  const wanted = found.filter(({ requirement }) => requirement !== undefined);
  if (wanted.length === 0) return sentences;
  const them = wanted.map(({ module }) => named(module));
  const requirements = wanted.map(({ requirement = '' }) => requirement);
  const add = `add ${joinWords(requirements)} to ${chooseManifest(surroundings)}`;
  const unread = await listUnread(text, surroundings);
  if (unread.length > 0) return [...sentences, `${unread.join('; ')}: fix that, or ${add}`];
  return [...sentences, `nothing asks for ${joinWords(them)}: ${add}`];
};

/** Manifests that may ask for what is missing, and could not be read: those that count for the code that failed. */
async function listUnread(text: string, { code, facts }: FailureContext): Promise<string[]> {
  const entry = fileInTraceback(text);
  const { unreadManifests } = await readRequirements(code, facts, { entry }).catch(() => ({ unreadManifests: [] }));
  return unreadManifests;
}

/** The one that Python names, and those that our host has read beside it: see hosts/python/berth_host/missing_modules.py. */
function listModules(text: string): string[] {
  const module = [...text.matchAll(/No module named '([\w.]+)'/g)].at(-1)?.[1];
  if (module === undefined) return [];
  const others = /; also missing: ((?:'\w+'(?:, )?)+)/.exec(text)?.[1] ?? '';
  return [module, ...[...others.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)];
}

const joinWords = (words: readonly string[]): string => [...new Set(words)].join(' and ');

interface MissingModule {
  module: string;
  /** What to do, in a sentence that calls the module so. */
  explain?: (it: string) => string;
  /** What nothing asks for. */
  requirement?: string;
}

async function explainModule(missing: {
  module: string;
  text: string;
  surroundings: FailureContext;
}): Promise<MissingModule> {
  const { module, text, surroundings } = missing;
  const [first = ''] = module.split('.');
  const removed = removedModules[first];
  if (removed !== undefined) return { module, explain: () => describeRemoved(first, removed) };
  const files = (await listSourceFiles(surroundings.code)).map(({ path }) => path);
  const beside = findImportDirectory(first, files);
  if (beside !== undefined)
    return { module, explain: (it) => `the repository has ${it} in ${beside}: deploy with --env PYTHONPATH=${beside}` };
  if (first === basename(surroundings.source))
    return { module, explain: () => describeOwnName(first, text, surroundings) };
  const wanted = findPackage(findFullName(module, text));
  const isBound = wanted.requirement !== wanted.name; // a release that is asked for may have it no more
  if (!isBound && isDeclared(wanted.name, surroundings)) return { module };
  const conda = await findCondaFile([wanted.name, first], surroundings);
  if (conda === undefined) return { module, requirement: wanted.requirement };
  const ask = `add ${wanted.requirement} to ${chooseManifest(surroundings)}`;
  return { module, explain: (it) => `${conda} lists ${it}, but what only conda has is not installed: ${ask}` };
}

/** Python names the first part that is missing, `google`; the line that imports it says which of the packages there. */
function findFullName(module: string, text: string): string {
  const escaped = module.replaceAll('.', '\\.');
  const statement = new RegExp(`(?:import|from) +(${escaped}(?:\\.\\w+)*)(?: +import +(\\w+))?`).exec(text);
  const [, name = module, imported] = statement ?? [];
  return imported === undefined ? name : `${name}.${imported}`;
}

function describeRemoved(module: string, { since, instead }: { since: string; instead?: string }): string {
  const older = `an older Python (write it into .python-version)`;
  const ways = instead === undefined ? `ask for ${older}` : `ask for ${instead} in the requirements, or for ${older}`;
  return `${module} is no part of Python any more since ${since}: ${ways}`;
}

/** The code was written to be imported from the directory above the one that is deployed. */
function describeOwnName(first: string, text: string, { source }: FailureContext): string {
  const file = fileInTraceback(text) ?? 'FILE.py';
  return `${first} is the directory that is deployed, and its modules are imported from above it: deploy ${dirname(source)} with --entry ${first}/${file}:CALLABLE`;
}

/** The first of the repository's files that a traceback names. */
const fileInTraceback = (text: string): string | undefined => /File "([^"/<][^"<]*\.py)"/.exec(text)?.[1];

/** Of a module that lies in a directory which is on nobody's path. */
function findImportDirectory(first: string, files: string[]): string | undefined {
  const found = files.find((file) => file.endsWith(`/${first}.py`) || file.endsWith(`/${first}/__init__.py`));
  if (found === undefined) return undefined;
  return found.endsWith('/__init__.py') ? dirname(dirname(found)) : dirname(found);
}

const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

const isDeclared = (name: string, { facts }: FailureContext): boolean =>
  facts.dependencies.some((dependency) => normalizeName(dependency.name) === normalizeName(name));

/** Where the repository states its requirements. */
function chooseManifest({ facts }: FailureContext): string {
  const files = facts.manifests.filter(
    ({ kind, problem }) => problem === undefined && ['requirements', 'pyproject', 'pipfile'].includes(kind),
  );
  return files[0]?.file ?? 'requirements.txt';
}

/** A conda file, of whatever name, that lists one of the packages. */
async function findCondaFile(names: string[], { source, code }: FailureContext): Promise<string | undefined> {
  const files = (await listSourceFiles(code)).filter(
    ({ path, bytes }) => /\.ya?ml$/.test(path) && bytes < maxFileBytes,
  );
  const likely = files.filter(({ path }) => /env|conda/i.test(path)).slice(0, 20);
  for (const { path } of likely) {
    const { text } = await readSourceText(source, path, maxFileBytes);
    const listed = text === undefined ? [] : listCondaPackages(text);
    if (listed.some((name) => names.some((wanted) => normalizeName(wanted) === normalizeName(name)))) return path;
  }
  return undefined;
}

function listCondaPackages(text: string): string[] {
  const document = tryParseYaml(text);
  const dependencies = (document as { dependencies?: unknown } | null)?.dependencies; // the user's own YAML, read with care
  if (!Array.isArray(dependencies)) return [];
  const entries = dependencies.filter((entry) => typeof entry === 'string');
  return entries.map((entry) => /^(?:.*::)?([\w.-]+)/.exec(entry)?.[1] ?? '');
}

function tryParseYaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch {
    return undefined; // it lists nothing
  }
}

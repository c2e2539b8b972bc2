import { basename, dirname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { readRequirements } from '../../environments/index.js';
import { listSourceFiles } from '../../workspaces/index.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import type { FailureContext, MissingFinder } from './failure-context.js';
import { findPackage, removedModules } from './module-packages.js';

const maxFileBytes = 200_000;

/** Finds modules that are imported, but that neither the repository nor its requirements provide. */
export const findMissingModules: MissingFinder = async (text, context) => {
  const modules = listModules(text);
  const found = await Promise.all(modules.map((module) => explainModule({ module, text, context })));
  const refer = (module: string) => (modules.length > 1 ? module : 'it');
  const sentences = found.flatMap(({ module, explain }) => explain?.(refer(module)) ?? []);
  const undeclared = found.filter(({ requirement }) => requirement !== undefined);
  if (undeclared.length === 0) return sentences;
  const requirements = undeclared.map(({ requirement = '' }) => requirement);
  const advice = `add ${joinWords(requirements)} to ${chooseManifest(context)}`;
  const unreadManifests = await listUnreadManifests(text, context);
  if (unreadManifests.length > 0) return [...sentences, `${unreadManifests.join('; ')}: fix that, or ${advice}`];
  const subjects = undeclared.map(({ module }) => refer(module));
  return [...sentences, `no manifest requires ${joinWords(subjects)}: ${advice}`];
};

/** Lists unreadable manifests that apply to the failed code: they may require the missing module. */
async function listUnreadManifests(text: string, { code, facts }: FailureContext): Promise<string[]> {
  const entry = findTracebackFile(text);
  const { unreadManifests } = await readRequirements(code, facts, { entry }).catch(() => ({ unreadManifests: [] }));
  return unreadManifests;
}

/** Lists the module that Python reports, and those that the host process adds: see hosts/python/berth_host/missing_modules.py. */
function listModules(text: string): string[] {
  const module = [...text.matchAll(/No module named '([\w.]+)'/g)].at(-1)?.[1];
  if (module === undefined) return [];
  const others = /; also missing: ((?:'\w+'(?:, )?)+)/.exec(text)?.[1] ?? '';
  return [module, ...[...others.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)];
}

const joinWords = (words: readonly string[]): string => [...new Set(words)].join(' and ');

interface MissingModule {
  module: string;
  /** Returns a sentence on what to do that refers to the module as `subject`. */
  explain?: (subject: string) => string;
  /** The requirement that no manifest declares. */
  requirement?: string;
}

async function explainModule(missing: {
  module: string;
  text: string;
  context: FailureContext;
}): Promise<MissingModule> {
  const { module, text, context } = missing;
  const [first = ''] = module.split('.');
  const removed = removedModules[first];
  if (removed !== undefined) return { module, explain: () => describeRemoved(first, removed) };
  const files = (await listSourceFiles(context.code)).map(({ path }) => path);
  const directory = findImportDirectory(first, files);
  if (directory !== undefined)
    return {
      module,
      explain: (subject) => `the repository has ${subject} in ${directory}: deploy with --env PYTHONPATH=${directory}`,
    };
  if (first === basename(context.source)) return { module, explain: () => describeOwnName(first, text, context) };
  const provider = findPackage(findFullName(module, text));
  const isBounded = provider.requirement !== provider.name; // newer releases may no longer provide the module
  if (!isBounded && isDeclared(provider.name, context)) return { module };
  const conda = await findCondaFile([provider.name, first], context);
  if (conda === undefined) return { module, requirement: provider.requirement };
  const advice = `add ${provider.requirement} to ${chooseManifest(context)}`;
  return {
    module,
    explain: (subject) => `${conda} lists ${subject}, but packages listed only for conda are not installed: ${advice}`,
  };
}

/** Finds the full name: Python reports only the first missing part, such as `google`, but the import statement has the rest. */
function findFullName(module: string, text: string): string {
  const escaped = module.replaceAll('.', '\\.');
  const statement = new RegExp(`(?:import|from) +(${escaped}(?:\\.\\w+)*)(?: +import +(\\w+))?`).exec(text);
  const [, name = module, imported] = statement ?? [];
  return imported === undefined ? name : `${name}.${imported}`;
}

function describeRemoved(module: string, { since, instead }: { since: string; instead?: string }): string {
  const useOlder = 'use an older Python (set it in .python-version)';
  const advice = instead === undefined ? useOlder : `add ${instead} to the requirements, or ${useOlder}`;
  return `Python ${since} removed ${module}: ${advice}`;
}

/** Describes code that expects to be imported from the parent of the deployed directory. */
function describeOwnName(first: string, text: string, { source }: FailureContext): string {
  const file = findTracebackFile(text) ?? 'FILE.py';
  return `the code imports the deployed directory ${first} as a package: instead, deploy ${dirname(source)} with --entry ${first}/${file}:CALLABLE`;
}

/** Returns the first of the repository's files in a traceback. */
const findTracebackFile = (text: string): string | undefined => /File "([^"/<][^"<]*\.py)"/.exec(text)?.[1];

/** Finds the directory of a module in the repository that is not on the import path. */
function findImportDirectory(first: string, files: string[]): string | undefined {
  const found = files.find((file) => file.endsWith(`/${first}.py`) || file.endsWith(`/${first}/__init__.py`));
  if (found === undefined) return undefined;
  return found.endsWith('/__init__.py') ? dirname(dirname(found)) : dirname(found);
}

const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

const isDeclared = (name: string, { facts }: FailureContext): boolean =>
  facts.dependencies.some((dependency) => normalizeName(dependency.name) === normalizeName(name));

/** Chooses the manifest to add a requirement to. */
function chooseManifest({ facts }: FailureContext): string {
  const files = facts.manifests.filter(
    ({ kind, problem }) => problem === undefined && ['requirements', 'pyproject', 'pipfile'].includes(kind),
  );
  return files[0]?.file ?? 'requirements.txt';
}

/** Finds a conda file, under any name, that lists one of the packages. */
async function findCondaFile(names: string[], { source, code }: FailureContext): Promise<string | undefined> {
  const files = (await listSourceFiles(code)).filter(
    ({ path, bytes }) => /\.ya?ml$/.test(path) && bytes < maxFileBytes,
  );
  const candidates = files.filter(({ path }) => /env|conda/i.test(path)).slice(0, 20);
  for (const { path } of candidates) {
    const { text } = await readSourceText(source, path, maxFileBytes);
    const listed = text === undefined ? [] : listCondaPackages(text);
    if (listed.some((name) => names.some((wanted) => normalizeName(wanted) === normalizeName(name)))) return path;
  }
  return undefined;
}

function listCondaPackages(text: string): string[] {
  const document = tryParseYaml(text);
  const dependencies = (document as { dependencies?: unknown } | null)?.dependencies; // the user's YAML may have any shape
  if (!Array.isArray(dependencies)) return [];
  const entries = dependencies.filter((entry) => typeof entry === 'string');
  return entries.map((entry) => /^(?:.*::)?([\w.-]+)/.exec(entry)?.[1] ?? '');
}

function tryParseYaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

import { chooseCallStyle, getSignature } from '../../../src/adaptation/shapes/index.js';
import type { EntryPoint, Parameter } from '../../../src/contract/facts.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe, Recognition } from '../../../src/registry/recipe.js';
import { collectGenerator } from './collect-generator.js';
import { describeWebInputs } from './describe-web-inputs.js';
import { type AppFunction, findAppFunctions, findLocalEntrypoints, type WebEndpoint } from './find-app-functions.js';
import { type AppEntry, parseAppEntry } from './parse-app-entry.js';

/** Deploys an app of the repository, and calls one of its functions. */
export const existingApp: Recipe = {
  name: 'modal-app',
  async recognize({ workspace, facts, entry: written }) {
    const found = findAppFunctions(facts).filter(
      ({ method, entry }) => method === null || hasDefaultConstructor(entry),
    );
    const entry = written === undefined ? undefined : parseAppEntry(written);
    const named = entry === undefined ? preferFunctions(found) : findNamed(entry, found);
    if (named.length > 1) throw ambiguous(named);
    const [chosen] = named;
    if (chosen !== undefined) return recognizeFunction(workspace, chosen, entry);
    if (found.length === 0 && entry === undefined) refuseLocalApp(findLocalEntrypoints(facts));
    return undefined;
  },
};

/** Tells whether a class has the default constructor: the arguments of any other are unknown. */
const hasDefaultConstructor = ({ constructorParameters }: EntryPoint): boolean => constructorParameters.length === 0;

/**
 * Prefers functions: a web page next to functions shows their results. Without them, the page is the app's purpose.
 */
function preferFunctions(found: AppFunction[]): AppFunction[] {
  const functions = found.filter(({ web }) => web === null);
  return functions.length > 0 ? functions : found;
}

function findNamed({ name, path }: AppEntry, found: AppFunction[]): AppFunction[] {
  if (name === undefined) return found.filter(({ web }) => web !== null);
  const { module, file, callable, method } = name;
  const isIn = (entry: EntryPoint) => entry.callable === callable && (entry.module === module || entry.file === file);
  const named = found.filter((one) => isIn(one.entry) && (method === undefined || one.method === method));
  return path === undefined ? named : named.filter(({ web }) => web !== null);
}

function recognizeFunction(workspace: string, found: AppFunction, entry: AppEntry | undefined): Recognition {
  const { web, isGenerator, entry: where } = found;
  const summary = `recognized the Modal ${web === null ? 'function' : 'web endpoint'} ${getFunctionName(found)} in ${where.file}`;
  if (isGenerator && web === null)
    return collectGenerator({ workspace, found, parameters: getParameters(found), summary });
  return {
    summary: `${summary}; its app is deployed as it is`,
    runInterface: {
      type: 'modal',
      file: where.file,
      ...(where.module.includes('.') && { module: where.module }),
      ...(where.root !== '.' && { root: where.root }),
      ...(found.app !== 'app' && { app_name: found.app }),
      function_name: getFunctionName(found),
      ...describeClass(found, entry?.values ?? {}),
      ...(web === null ? { call: chooseCallStyle(getParameters(found)) } : describeWeb(found, web, entry?.path)),
    },
    files: {},
  };
}

const getFunctionName = ({ name, method }: AppFunction): string => (method === null ? name : `${name}.${method}`);

const getParameters = ({ entry, method }: AppFunction): Parameter[] =>
  getSignature(entry, method ?? undefined).parameters;

/** Describes a class. Its parameters are inputs, too, unless the entry sets their value. */
function describeClass(found: AppFunction, values: AppEntry['values']): Record<string, unknown> {
  const names = found.parameters.map(({ name }) => name);
  const unknown = Object.keys(values).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw createUnknownParameterError(found, unknown);
  const open = found.parameters.filter(({ name }) => !(name in values));
  refuseSharedNames(found, open);
  requireWebValues(found, open);
  return {
    ...(Object.keys(values).length > 0 && { values }),
    ...(open.length > 0 && { parameters: open.map(({ name }) => name) }),
    ...(open.some(({ isRequired }) => isRequired) && {
      required: open.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    }),
  };
}

function createUnknownParameterError(found: AppFunction, unknown: string[]): BerthError {
  const names = found.parameters.map(({ name }) => name).join(', ') || 'none';
  const message = `${found.name} has no parameter ${unknown.join(', ')}; it has: ${names}`;
  return new BerthError('ENTRY_NOT_FOUND', message, { entry: buildEntry(found) });
}

/** Refuses a name that both the class and its method use: an input of this name could be for either. */
function refuseSharedNames(found: AppFunction, open: AppFunction['parameters']): void {
  const own = getParameters(found).map(({ name }) => name);
  const shared = open.map(({ name }) => name).filter((name) => own.includes(name));
  if (shared.length === 0) return;
  const entry = `${found.entry.module}:${found.name}(${shared.map((name) => `${name}=VALUE`).join(', ')}).${found.method}`;
  const message = `${shared.join(', ')} is a parameter of both ${found.name} and its ${found.method}: give the class its value with --entry '${entry}'`;
  throw new BerthError('ENTRY_AMBIGUOUS', message, { entry });
}

/** Requires values for the class of an endpoint: the address belongs to a class with its parameters. */
function requireWebValues(found: AppFunction, open: AppFunction['parameters']): void {
  const missing = open.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  if (found.web === null || missing.length === 0) return;
  const entry = `${found.entry.module}:${found.name}(${missing.map((name) => `${name}=VALUE`).join(', ')}).${found.method}`;
  throw new BerthError(
    'ENTRY_NOT_FOUND',
    `${found.name} is built with ${missing.join(' and ')}: say --entry '${entry}'`,
    { entry },
  );
}

function describeWeb(found: AppFunction, web: WebEndpoint, path: string | undefined): Record<string, unknown> {
  const { kind, method, isProtected } = web;
  const isFunction = kind === 'function';
  return {
    call: 'http',
    method,
    ...(isFunction ? { path: '/', ...describeWebInputs(getParameters(found)) } : path !== undefined && { path }),
    ...(isProtected && { protected: true }),
  };
}

const buildEntry = (found: AppFunction): string => {
  const { entry, method } = found;
  return `${entry.module}:${entry.callable}${method === null ? '' : `.${method}`}`;
};

function ambiguous(found: AppFunction[]): BerthError {
  const candidates = found.map(buildEntry);
  const lines = candidates.map((candidate, index) => `  --entry ${candidate}   in ${found[index]?.entry.file}`);
  const message = [`${found.length} Modal functions could be called; name one:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { candidates, ...(candidates[0] && { entry: candidates[0] }) });
}

/** @throws ENTRY_NOT_FOUND for an app that only runs on the user's machine. */
function refuseLocalApp(entrypoints: string[]): void {
  if (entrypoints.length === 0) return;
  const message = `the Modal app has no function that could be called in the cloud: a local_entrypoint (${entrypoints.join(', ')}) runs on the machine that runs modal run; move its work into a function under @app.function()`;
  throw new BerthError('ENTRY_NOT_FOUND', message);
}

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { BerthError } from '../../../src/errors.js';

export interface ServerConfig {
  /** What the server is given: the repository's langgraph.json with absolute paths, and no variables. */
  document: Record<string, unknown>;
  /** Of those, directories: what the server puts on Python's path. Absolute. */
  dependencies: string[];
  /** Variables that the repository itself declares: below the user's own. */
  env: Record<string, string>;
  /** Settings left out, because the address and the API are Berth's to choose. */
  dropped: string[];
}

interface ConfigSource {
  /** Of the revision. */
  directory: string;
  /** The langgraph.json, relative to the revision. */
  config: string;
  /** The graph that is called. */
  assistantId: string;
  /** Graphs that are not served. */
  skippedGraphs?: string[];
}

/** `./agent.py:graph`, `src/auth.py:auth`: what the server looks for from its own working directory. */
const sourceReference = /^(?!\/)[^:]+\.(py|[cm]?[jt]sx?):\w+$/;
/** Keys of `http` that move or remove what calls and probes need. */
const reservedSettings = new Set([
  'mount_prefix',
  'disable_meta',
  'disable_runs',
  'disable_threads',
  'disable_assistants',
]);

/** Reads the repository's langgraph.json for a server. START_FAILED when it is missing, wrong or lacks the graph. */
export async function readServerConfig(source: ConfigSource): Promise<ServerConfig> {
  const { directory, config, assistantId, skippedGraphs = [] } = source;
  const written = await readDocument(join(directory, config), config);
  const base = dirname(join(directory, config));
  const graphs = asRecord(written.graphs);
  if (!Object.hasOwn(graphs, assistantId)) {
    const names = Object.keys(graphs).join(', ') || 'none';
    throw new BerthError('START_FAILED', `${config} has no graph called ${assistantId}; it has: ${names}`);
  }
  const { env, http, dependencies, ...rest } = written;
  const { kept, dropped } = dropReservedSettings(http);
  const served = Object.fromEntries(Object.entries(graphs).filter(([name]) => !skippedGraphs.includes(name)));
  const document = {
    ...(makeAbsolute({ ...rest, graphs: served }, base) as Record<string, unknown>), // an object comes back as one
    dependencies: listDependencies(dependencies, base),
    ...(http !== undefined && { http: makeAbsolute(kept, base) }),
  };
  const directories = document.dependencies.filter((item) => isAbsolute(item));
  return { document, dependencies: directories, env: await readVariables(env, base), dropped };
}

/** The repository's langgraph.json as it is, but for settings that are Berth's to choose. */
export async function buildCloudConfig(directory: string, config: string): Promise<string> {
  const { http, ...written } = await readDocument(join(directory, config), config);
  return `${JSON.stringify({ ...written, ...(http !== undefined && { http: dropReservedSettings(http).kept }) }, null, 2)}\n`;
}

async function readDocument(path: string, name: string): Promise<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isRecord(document)) return document;
    throw new SyntaxError('it is no object');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new BerthError('START_FAILED', `${name} cannot be read: ${problem}`, {}, { cause: error });
  }
}

/** Directories become absolute; requirements stay as they are: the environment has them already. */
function listDependencies(written: unknown, base: string): string[] {
  const listed = Array.isArray(written) ? written.filter((item) => typeof item === 'string') : [];
  const directories = listed.map((item) => (item.startsWith('.') ? join(base, item) : item));
  return directories.length > 0 ? directories : [base];
}

function makeAbsolute(value: unknown, base: string): unknown {
  if (typeof value === 'string') return sourceReference.test(value) ? join(base, value) : value;
  if (Array.isArray(value)) return value.map((item) => makeAbsolute(item, base));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, makeAbsolute(item, base)]));
}

function dropReservedSettings(http: unknown): { kept: Record<string, unknown>; dropped: string[] } {
  const entries = Object.entries(asRecord(http));
  return {
    kept: Object.fromEntries(entries.filter(([key]) => !reservedSettings.has(key))),
    dropped: entries.filter(([key]) => reservedSettings.has(key)).map(([key]) => `http.${key}`),
  };
}

/** `env` is an object, or the name of a file that need not be there. */
async function readVariables(env: unknown, base: string): Promise<Record<string, string>> {
  if (isRecord(env)) return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  if (typeof env !== 'string') return {};
  const text = await readFile(join(base, env), 'utf8').catch(() => '');
  const { parse } = await import('dotenv');
  return parse(text);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

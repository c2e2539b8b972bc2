import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { BerthError } from '../../../src/errors.js';

export interface ServerConfig {
  /** Configuration for the server: the repository's langgraph.json with absolute paths, without variables. */
  document: Record<string, unknown>;
  /** Absolute directories among its dependencies, which the server puts on Python's path. */
  dependencies: string[];
  /** Variables that the repository declares. The user's own take precedence. */
  env: Record<string, string>;
  /** Settings left out, because Berth chooses the address and the API. */
  dropped: string[];
}

interface ConfigSource {
  /** Directory of the revision. */
  directory: string;
  /** Path of the langgraph.json, relative to the revision. */
  config: string;
  /** Graph to call. */
  assistantId: string;
  /** Graphs to leave out. */
  skippedGraphs?: string[];
}

/**
 * Matches references such as `./agent.py:graph` and `src/auth.py:auth`, which the server resolves from its working
 * directory.
 */
const sourceReference = /^(?!\/)[^:]+\.(py|[cm]?[jt]sx?):\w+$/;
/** Keys of `http` that move or remove routes of calls and probes. */
const reservedSettings = new Set([
  'mount_prefix',
  'disable_meta',
  'disable_runs',
  'disable_threads',
  'disable_assistants',
]);

/**
 * Reads the repository's langgraph.json for a server.
 *
 * @throws START_FAILED when it is missing, invalid or lacks the graph.
 */
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
  const { allowed, dropped } = dropReservedSettings(http);
  const served = Object.fromEntries(Object.entries(graphs).filter(([name]) => !skippedGraphs.includes(name)));
  const document = {
    ...(makeAbsolute({ ...rest, graphs: served }, base) as Record<string, unknown>), // an object stays one
    dependencies: listDependencies(dependencies, base),
    ...(http !== undefined && { http: makeAbsolute(allowed, base) }),
  };
  const directories = document.dependencies.filter((item) => isAbsolute(item));
  return { document, dependencies: directories, env: await readVariables(env, base), dropped };
}

/** Builds the repository's langgraph.json without settings that Berth chooses. */
export async function buildCloudConfig(directory: string, config: string): Promise<string> {
  const { http, ...written } = await readDocument(join(directory, config), config);
  return `${JSON.stringify({ ...written, ...(http !== undefined && { http: dropReservedSettings(http).allowed }) }, null, 2)}\n`;
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

/** Makes directories absolute. Leaves requirements as they are: the environment has them already. */
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

function dropReservedSettings(http: unknown): { allowed: Record<string, unknown>; dropped: string[] } {
  const entries = Object.entries(asRecord(http));
  return {
    allowed: Object.fromEntries(entries.filter(([key]) => !reservedSettings.has(key))),
    dropped: entries.filter(([key]) => reservedSettings.has(key)).map(([key]) => `http.${key}`),
  };
}

/** Reads `env`: an object, or the name of a file that may be missing. */
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

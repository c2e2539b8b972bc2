import { dirname, join } from 'node:path';
import { requireReadableManifest } from '../../../src/adaptation/require-readable-manifest.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { readSourceText } from '../../../src/workspaces/read-source-text.js';
import { describeGraph } from './langgraph-json.js';

/** Serves a graph of the repository's own langgraph.json. `--entry NAME` chooses among several. */
export const configuredGraph: Recipe = {
  name: 'langgraph-json',
  async recognize({ workspace, facts, entry }) {
    const { file: config, problem } = facts.manifests.find(({ kind }) => kind === 'langgraph') ?? {};
    if (config === undefined) return undefined;
    if (!entry?.includes(':')) requireReadableManifest(facts, 'langgraph');
    if (problem !== undefined) return undefined; // the entry does not need the file
    const graphs = await readGraphs(workspace, config);
    const chosen = chooseGraph({ graphs, config, entry });
    if (chosen === undefined) return undefined;
    const others = graphs.length > 1 ? ` (of ${graphs.length})` : '';
    const summary = `recognized the graph “${chosen.name}” (${chosen.reference}) that ${config} serves${others}`;
    const file = join(dirname(config), chosen.reference.split(':')[0] ?? '');
    const runInterface = await describeGraph({ workspace, config, assistantId: chosen.name, file });
    return { summary, runInterface, files: {} };
  },
};

/** Maximum bytes of a langgraph.json. */
const maxManifestBytes = 1_000_000;

interface NamedGraph {
  name: string;
  reference: string;
}

interface GraphChoice {
  graphs: NamedGraph[];
  config: string;
  entry: string | undefined;
}

/** Parses plain JSON, as the server does. */
function parseDocument(config: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BerthError('MANIFEST_INVALID', `${config}: ${(error as Error).message}`, { file: config });
  }
}

/** Reads the graphs. Each is a reference, or an object with the reference as `path`. */
async function readGraphs(workspace: string, config: string): Promise<NamedGraph[]> {
  const { text = '{}' } = await readSourceText(workspace, config, maxManifestBytes);
  const document = parseDocument(config, text);
  const graphs = (document as { graphs?: unknown } | null)?.graphs; // the user's JSON: it may have any shape
  if (typeof graphs !== 'object' || graphs === null) return [];
  return Object.entries(graphs).map(([name, graph]: [string, unknown]) => {
    const path = typeof graph === 'string' ? graph : (graph as { path?: unknown } | null)?.path;
    return { name, reference: String(path) };
  });
}

/** Returns undefined when the entry is none of these graphs, but may be something else. */
function chooseGraph({ graphs, config, entry }: GraphChoice): NamedGraph | undefined {
  if (entry === undefined) {
    if (graphs.length > 1) throw ambiguous(graphs, config);
    return graphs[0];
  }
  const written = normalizeReference(entry);
  const chosen = graphs.find(({ name, reference }) => name === entry || normalizeReference(reference) === written);
  if (chosen !== undefined || entry.includes(':')) return chosen;
  const names = graphs.map(({ name }) => name);
  const message = `${config} has no graph called ${entry}; it has: ${names.join(', ') || 'none'}`;
  throw new BerthError('ENTRY_NOT_FOUND', message, { entry, candidates: names });
}

/** Normalizes a reference: `./agent.py:graph`, `agent.py:graph` and `agent:graph` are the same. */
function normalizeReference(reference: string): string {
  const [target = '', name = ''] = reference.split(':');
  return `${target.replace(/^\.\//, '').replace(/\.py$/, '').replaceAll('/', '.')}:${name}`;
}

function ambiguous(graphs: NamedGraph[], config: string): BerthError {
  const lines = graphs.map(({ name, reference }) => `  --entry ${name}   ${reference}`);
  const message = [`${config} serves ${graphs.length} graphs; name the one to call:`, ...lines].join('\n');
  const candidates = graphs.map(({ name }) => name);
  return new BerthError('ENTRY_AMBIGUOUS', message, { ...(candidates[0] && { entry: candidates[0] }), candidates });
}

import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunInterface } from '../../../src/contract/run-interface.js';

/** The name under which a graph is served when nobody gave it one. */
export const defaultGraph = 'agent';

export interface ServedGraph {
  /** `./agent.py:graph`, or `package.module:graph`. */
  reference: string;
  /** Import roots beside the workspace itself, relative to it. */
  roots: string[];
  /** `NAME=VALUE`, as the code's own manifest has them. */
  environment?: string[];
}

/** What a person would write to serve this one graph. */
export function writeLanggraphJson({ reference, roots, environment = [] }: ServedGraph): string {
  const dependencies = ['.', ...roots.map((root) => `./${root}`)];
  const env = Object.fromEntries(environment.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]));
  const document = { dependencies, graphs: { [defaultGraph]: reference }, ...(environment.length > 0 && { env }) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The docstring of a graph that a recipe wrote around a plain function: by it the graph is known again. */
export const oneNodeTitle = 'A graph of one node, for the LangGraph server: `inputs` go in, `output` comes out.';

export interface DescribedGraph {
  workspace: string;
  /** The langgraph.json. */
  config: string;
  assistantId: string;
  /** The graph's file, relative to the workspace. */
  file: string;
}

/** How a graph is called: what a recipe wrote, perhaps in an attempt that was cut off, is called by its two keys. */
export async function describeGraph({ workspace, config, assistantId, file }: DescribedGraph): Promise<RunInterface> {
  const source = await readFile(join(workspace, file), 'utf8').catch(() => '');
  const graph = { type: 'langgraph', assistant_id: assistantId, config };
  if (!source.includes(oneNodeTitle)) return graph;
  if (!source.includes('from berth_host.')) return { ...graph, ...oneNodeKeys };
  return { ...graph, ...oneNodeKeys, ...(/"call": "cog"|load_cog/.test(source) ? { cog: true } : { host: true }) };
}

export const oneNodeKeys = { input_key: 'inputs', output_key: 'output' };

/** The first of the names that the workspace does not have. */
export async function chooseFreeName(workspace: string, names: [string, ...string[]]): Promise<string> {
  for (const name of names) if (!(await exists(join(workspace, name)))) return name;
  return names[0]; // all are taken: writing it says so
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

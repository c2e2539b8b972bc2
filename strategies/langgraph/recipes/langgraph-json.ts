import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunInterface } from '../../../src/contract/run-interface.js';

/** Name of a graph that has none. */
export const defaultGraph = 'agent';

export interface ServedGraph {
  /** Reference to the graph: `./agent.py:graph`, or `package.module:graph`. */
  reference: string;
  /** Import roots in addition to the workspace, relative to it. */
  roots: string[];
  /** Variables of the code's own manifest, each `NAME=VALUE`. */
  environment?: string[];
}

/** Writes a langgraph.json for this one graph, as a person would. */
export function writeLanggraphJson({ reference, roots, environment = [] }: ServedGraph): string {
  const dependencies = ['.', ...roots.map((root) => `./${root}`)];
  const env = Object.fromEntries(environment.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]));
  const document = { dependencies, graphs: { [defaultGraph]: reference }, ...(environment.length > 0 && { env }) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Docstring of a graph that a recipe wrote around a plain function, by which the graph is recognized. */
export const oneNodeTitle = 'A graph of one node, for the LangGraph server: `inputs` go in, `output` comes out.';

export interface DescribedGraph {
  workspace: string;
  /** Path of the langgraph.json. */
  config: string;
  assistantId: string;
  /** Path of the graph's file, relative to the workspace. */
  file: string;
}

/**
 * Describes how to call a graph. One that a recipe wrote, perhaps in an interrupted attempt, has two keys for inputs
 * and output.
 */
export async function describeGraph({ workspace, config, assistantId, file }: DescribedGraph): Promise<RunInterface> {
  const source = await readFile(join(workspace, file), 'utf8').catch(() => '');
  const graph = { type: 'langgraph', assistant_id: assistantId, config };
  if (!source.includes(oneNodeTitle)) return graph;
  if (!source.includes('from berth_host.')) return { ...graph, ...oneNodeKeys };
  return { ...graph, ...oneNodeKeys, ...(/"call": "cog"|load_cog/.test(source) ? { cog: true } : { host: true }) };
}

export const oneNodeKeys = { input_key: 'inputs', output_key: 'output' };

/** Returns the first name that the workspace does not have. */
export async function chooseFreeName(workspace: string, names: [string, ...string[]]): Promise<string> {
  for (const name of names) if (!(await exists(join(workspace, name)))) return name;
  return names[0]; // all are taken: writing the file reports it
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

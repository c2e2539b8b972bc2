import { parseEntry } from '../../../src/adaptation/shapes/parse-entry.js';
import type { Facts } from '../../../src/contract/facts.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { chooseFreeName, defaultGraph, describeGraph, writeLanggraphJson } from './langgraph-json.js';

export interface FoundGraph {
  file: string;
  name: string;
  /** Null when only the file is known. */
  module: string | null;
  root: string;
}

/** Serves a graph that a module compiles under its own name, or an `@entrypoint`: writes a langgraph.json for it. */
export const compiledGraph: Recipe = {
  name: 'compiled-graph',
  async recognize({ workspace, facts, entry }) {
    const chosen = chooseGraph(findGraphs(facts), entry);
    if (chosen === undefined) return undefined;
    const config = await chooseFreeName(workspace, ['langgraph.json', 'langgraph.berth.json']);
    return {
      summary: `recognized the graph \`${chosen.name}\` in ${chosen.file}`,
      runInterface: await describeGraph({ workspace, config, assistantId: defaultGraph, file: chosen.file }),
      files: {
        [config]: writeLanggraphJson({
          reference: buildReference(chosen),
          roots: chosen.root === '.' ? [] : [chosen.root],
        }),
      },
    };
  },
};

/** Finds graphs in the facts' evidence: `agent.py:12: graph = …` or `agent.py:12: @entrypoint agent`. */
export function findGraphs({ frameworks, entryPoints }: Facts): FoundGraph[] {
  return frameworks.flatMap(({ name: framework, evidence }) => {
    const [, file, assigned, decorated] =
      /^(.+\.py):\d+: (?:(\w+) = |@\S*entrypoint (\w+)$)/.exec(framework === 'langgraph' ? evidence : '') ?? [];
    const name = assigned ?? decorated;
    if (file === undefined || name === undefined || name === 'return') return [];
    const known = entryPoints.find((entry) => entry.file === file);
    return [{ file, name, module: known?.module ?? null, root: known?.root ?? '.' }];
  });
}

function chooseGraph(graphs: FoundGraph[], entry: string | undefined): FoundGraph | undefined {
  if (entry === undefined) {
    if (graphs.length > 1) throw ambiguous(graphs);
    return graphs[0];
  }
  const { file, module, callable } = parseEntry(entry);
  return graphs.find((graph) => graph.name === callable && (graph.file === file || getModuleName(graph) === module));
}

/** Refers to a module of a package by its name: by its file, its relative imports would fail. */
export const buildReference = ({ file, name, module }: FoundGraph): string =>
  module?.includes('.') ? `${module}:${name}` : `./${file}:${name}`;

const getModuleName = ({ file, module }: FoundGraph): string =>
  module ?? file.replace(/\.py$/, '').replaceAll('/', '.');

function ambiguous(graphs: FoundGraph[]): BerthError {
  const candidates = graphs.map((graph) => `${getModuleName(graph)}:${graph.name}`);
  const lines = candidates.map((candidate, index) => `  --entry ${candidate}   in ${graphs[index]?.file}`);
  const message = [`${graphs.length} graphs could be served; name one:`, ...lines].join('\n');
  return new BerthError('ENTRY_AMBIGUOUS', message, { ...(candidates[0] && { entry: candidates[0] }), candidates });
}

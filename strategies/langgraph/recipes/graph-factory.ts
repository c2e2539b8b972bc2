import { parseEntry } from '../../../src/adaptation/shapes/parse-entry.js';
import type { EntryPoint, Facts, Parameter } from '../../../src/contract/facts.js';
import type { Recipe } from '../../../src/registry/recipe.js';
import { readSourceText } from '../../../src/workspaces/read-source-text.js';
import { buildReference } from './compiled-graph.js';
import { chooseFreeName, defaultGraph, describeGraph, writeLanggraphJson } from './langgraph-json.js';

/**
 * Serves a function that creates a graph, and that `--entry` names: the server calls it like one in a langgraph.json.
 */
export const graphFactory: Recipe = {
  name: 'graph-factory',
  async recognize({ workspace, facts, entry }) {
    const found = entry === undefined ? undefined : findFunction(facts, entry);
    if (found === undefined || !needsNoInputs(found)) return undefined;
    const { text = '' } = await readSourceText(workspace, found.file);
    if (!returnsGraph(text, found)) return undefined;
    const { file, callable, module, root } = found;
    const config = await chooseFreeName(workspace, ['langgraph.json', 'langgraph.berth.json']);
    const wrapper = isFactory(found) ? undefined : await chooseFreeName(workspace, ['graph.py', 'berth_graph.py']);
    const reference =
      wrapper === undefined ? buildReference({ file, name: callable, module, root }) : `./${wrapper}:make_graph`;
    return {
      summary: `recognized \`${callable}\` in ${file}, which makes a graph`,
      runInterface: await describeGraph({ workspace, config, assistantId: defaultGraph, file }),
      files: {
        [config]: writeLanggraphJson({ reference, roots: root === '.' ? [] : [root] }),
        ...(wrapper !== undefined && { [wrapper]: writeFactory(found) }),
      },
    };
  },
};

function findFunction({ entryPoints }: Facts, entry: string): EntryPoint | undefined {
  const { file, module, callable, method } = parseEntry(entry);
  if (method !== undefined) return undefined;
  return entryPoints.find(
    (found) =>
      found.kind === 'function' && found.callable === callable && (found.file === file || found.module === module),
  );
}

/** Tells whether the server provides the parameter. */
const isInjected = ({ name, annotation }: Parameter): boolean =>
  name === 'config' || /\b(RunnableConfig|ServerRuntime)\b/.test(annotation ?? '');

const needsNoInputs = ({ parameters }: EntryPoint): boolean =>
  parameters.every((parameter) => parameter.default !== null || isInjected(parameter));

/**
 * Tells whether the server can call the function: it passes its configuration to a single parameter of any name.
 */
const isFactory = ({ parameters, byFile }: EntryPoint): boolean => byFile === true || parameters.every(isInjected);

const writeFactory = ({
  module,
  callable,
}: EntryPoint): string => `"""Creates the graph with the defaults of its function."""

from ${module} import ${callable}


def make_graph():
    return ${callable}()
`;

/** Calls of LangGraph and LangChain that create a graph. */
const graphConstructors = String.raw`\b(?:StateGraph|MessageGraph|create_\w*agent|create_supervisor|create_swarm)\(|\.compile\(`;

/** Tells whether the function's annotation is a graph, or it returns a graph that its own lines create. */
function returnsGraph(text: string, { line, callable }: EntryPoint): boolean {
  if (!/\blang(graph|chain)/.test(text)) return false;
  const { head, body } = extractFunction(text, line, callable);
  if (/->\s*["']?(?:[\w.]+\.)?(?:Compiled\w*Graph|StateGraph|Pregel)\b/.test(head)) return true;
  const graphNames = new Set(
    body.flatMap(
      (one) => new RegExp(`^\\s*(\\w+)\\s*(?::[^=]+)?=[^=].*?(?:${graphConstructors})`).exec(one)?.[1] ?? [],
    ),
  );
  return body.some((one) => {
    const returned = /^\s*return\s+(.+)$/.exec(one)?.[1] ?? '';
    return new RegExp(graphConstructors).test(returned) || graphNames.has(returned.trim());
  });
}

/** Returns the function's head up to its colon, and the lines below it with more indentation. */
function extractFunction(text: string, line: number, callable: string): { head: string; body: string[] } {
  const lines = text.split('\n');
  const start = lines.findIndex((one, index) => index >= line - 1 && one.includes(`def ${callable}`));
  if (start === -1) return { head: '', body: [] };
  const end = lines.findIndex((one, index) => index >= start && /:\s*(#.*)?$/.test(one));
  const rest = lines.slice(end + 1);
  const next = rest.findIndex((one) => /^\S/.test(one));
  return { head: lines.slice(start, end + 1).join(' '), body: next === -1 ? rest : rest.slice(0, next) };
}

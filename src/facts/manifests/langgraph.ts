import type { ManifestFacts } from './manifest.js';
import { asMapping, asText, asTexts, parseJson } from './parse-document.js';

/** Reads `langgraph.json`, the configuration of the LangGraph command line. */
export async function readLanggraph(file: string, text: string): Promise<ManifestFacts> {
  const document = await parseJson(file, text);
  const graphs = Object.entries(asMapping(document.graphs)).map(([name, graph]) => {
    return `${name} (${asText(graph) ?? asText(asMapping(graph).path) ?? '?'})`;
  });
  const python = asText(document.python_version);
  const packages = asTexts(document.dependencies).filter((dependency) => !dependency.startsWith('.'));
  return {
    requirements: packages,
    python: python === undefined ? null : { specifier: python, from: file },
    frameworks: [{ name: 'langgraph', evidence: `${file}: graphs ${graphs.join(', ') || 'none'}` }],
  };
}

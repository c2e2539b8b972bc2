import type { ManifestFacts } from './manifest.js';
import { asMapping, asText, asTexts, parseYaml } from './parse.js';
import { readRequirementList } from './requirement.js';

/** `langgraph.json` of the LangGraph command line. */
export function readLanggraph(file: string, text: string): ManifestFacts {
  const document = parseYaml(file, text);
  const graphs = Object.entries(asMapping(document.graphs)).map(([name, graph]) => {
    return `${name} (${asText(graph) ?? asText(asMapping(graph).path) ?? '?'})`;
  });
  const python = asText(document.python_version);
  const packages = asTexts(document.dependencies).filter((dependency) => !dependency.startsWith('.'));
  return {
    dependencies: readRequirementList(packages, file),
    python: python === undefined ? null : { specifier: python, from: file },
    frameworks: [{ name: 'langgraph', evidence: `${file}: graphs ${graphs.join(', ') || 'none'}` }],
  };
}

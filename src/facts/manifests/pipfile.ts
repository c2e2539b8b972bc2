import type { ManifestFacts } from './manifest.js';
import { asMapping, asText, parseToml } from './parse-document.js';
import { readVersionTable } from './pyproject.js';

export async function readPipfile(file: string, text: string): Promise<ManifestFacts> {
  const document = await parseToml(file, text);
  const requires = asMapping(document.requires);
  const python = asText(requires.python_full_version) ?? asText(requires.python_version);
  return {
    dependencies: readVersionTable(asMapping(document.packages), file),
    python: python === undefined ? null : { specifier: python, from: file },
  };
}

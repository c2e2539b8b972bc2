import type { ManifestFacts } from './manifest.js';
import { asMapping, asText, asTexts, type Mapping, parseToml } from './parse-document.js';
import { normalizeName } from './parse-requirement.js';

/** Reads `[project]` of PEP 621 and Poetry's older tables. */
export async function readPyproject(file: string, text: string): Promise<ManifestFacts> {
  const document = await parseToml(file, text);
  const project = asMapping(document.project);
  const poetry = asMapping(asMapping(asMapping(document.tool).poetry).dependencies);
  const { python: poetryPython, ...poetryDependencies } = poetry;
  const python = asText(project['requires-python']) ?? asText(poetryPython);
  return {
    requirements: asTexts(project.dependencies),
    dependencies: readVersionTable(poetryDependencies, file),
    python: python === undefined ? null : { specifier: python, from: file },
  };
}

/** Reads Poetry's and Pipenv's tables of name → version or name → `{ version }`. Optional entries are skipped. */
export function readVersionTable(table: Mapping, file: string): NonNullable<ManifestFacts['dependencies']> {
  return Object.entries(table)
    .filter(([, value]) => asMapping(value).optional !== true)
    .map(([name, value]) => {
      const version = asText(value) ?? asText(asMapping(value).version) ?? '';
      return { name: normalizeName(name), specifier: version === '*' ? '' : version, from: file };
    });
}

import type { ManifestFacts } from './manifest.js';
import { asMapping, asTexts, parseYaml } from './parse-document.js';
import { normalizeName } from './parse-requirement.js';

/** Reads conda's `environment.yml`: `name=version=build` entries, and the requirements listed under `pip`. */
export async function readConda(file: string, text: string): Promise<ManifestFacts> {
  const entries = (await parseYaml(file, text)).dependencies;
  const packages = asTexts(entries).map(splitEntry);
  const pip = (Array.isArray(entries) ? entries : []).flatMap((entry) => asTexts(asMapping(entry).pip));
  const python = packages.find(({ name }) => name === 'python')?.version;
  const libraries = packages.filter(({ name }) => name !== 'python' && name !== 'pip');
  return {
    dependencies: libraries.map(({ name, specifier }) => ({ name, specifier, from: file })),
    requirements: pip,
    python: python ? { specifier: python, from: file } : null,
  };
}

/** Splits `conda-forge::numpy=1.26.*=py311` into the name `numpy` and the version `1.26.*`. */
function splitEntry(entry: string): { name: string; specifier: string; version: string } {
  const written = entry.split('::').at(-1)?.trim() ?? '';
  const end = written.search(/[\s=<>!~]/);
  if (end === -1) return { name: normalizeName(written), specifier: '', version: '' };
  const specifier = written.slice(end).trim();
  const isExact = specifier.startsWith('=');
  const version = isExact ? (specifier.replace(/^=+/, '').split('=')[0] ?? '') : specifier;
  return { name: normalizeName(written.slice(0, end)), specifier, version };
}

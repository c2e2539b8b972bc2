import type { ManifestFacts } from './manifest.js';
import { asMapping, asText, asTexts, parseYaml } from './parse-document.js';

/** Reads all of `cog.yaml`: the Cog shape needs `predict` and `environment`, selection needs the rest. */
export async function readCog(file: string, text: string): Promise<ManifestFacts> {
  const cog = await parseYaml(file, text);
  const build = asMapping(cog.build);
  // An unquoted `python_version: 3.10` parses as the number 3.1, so the version is read from the text.
  const python = asText(build.python_version) ?? readUnquotedVersion(text, build.python_version);
  const requirements = asText(build.python_requirements);
  const predictor = asText(cog.predict) ?? asText(cog.run);
  return {
    cog,
    requirements: asTexts(build.python_packages),
    includes: requirements === undefined ? [] : [requirements],
    python: python === undefined ? null : { specifier: python, from: file },
    frameworks: [{ name: 'cog', evidence: predictor === undefined ? file : `${file}: predict: ${predictor}` }],
    gpu: build.gpu === true ? [`${file}: gpu: true`] : [],
  };
}

function readUnquotedVersion(text: string, value: unknown): string | undefined {
  if (typeof value !== 'number') return undefined;
  return /python_version:\s*([\d.]+)/.exec(text)?.[1] ?? String(value);
}

import type { ManifestFacts } from './manifest.js';
import { parseYaml } from './parse.js';

/** `bentofile.yaml` says which service is served and how it is built: whoever needs that reads it, and it has to be YAML. */
export async function readBentofile(file: string, text: string): Promise<ManifestFacts> {
  await parseYaml(file, text);
  return {};
}

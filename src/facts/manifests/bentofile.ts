import type { ManifestFacts } from './manifest.js';
import { parseYaml } from './parse-document.js';

/** Checks that `bentofile.yaml` is valid YAML. It names a service and describes its build; no facts are taken from it. */
export async function readBentofile(file: string, text: string): Promise<ManifestFacts> {
  await parseYaml(file, text);
  return {};
}

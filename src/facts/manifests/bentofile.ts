import type { ManifestFacts } from './manifest.js';
import { parseYaml } from './parse-document.js';

/** `bentofile.yaml` names the service and describes its build. It has to be YAML. */
export async function readBentofile(file: string, text: string): Promise<ManifestFacts> {
  await parseYaml(file, text);
  return {};
}

import type { Facts } from '../contract/facts.js';
import type { PythonRequirement } from './python-requirements.js';
import type { Requirements } from './requirements/read-requirements.js';

/** Lists the Python requirements of all manifests, one per manifest. */
export function listPythonRequirements(
  { python, pythons = [] }: Facts,
  requirements?: Requirements,
): PythonRequirement[] {
  const all = [...pythons, ...(python === null ? [] : [python]), ...(requirements?.pythons ?? [])];
  // The same file may occur twice: `pyproject.toml`, and `pyproject.toml (Poetry)`.
  const byFile = new Map(all.toReversed().map((one) => [one.from.replace(/ \((?!#).*/, ''), one]));
  return [...byFile.values()].toReversed();
}

import type { Facts } from '../contract/facts.js';
import type { PythonRequirement } from './python-requirements.js';
import type { Requirements } from './requirements/read-requirements.js';

/** What all manifests ask for, each once. */
export function listPythonRequirements(
  { python, pythons = [] }: Facts,
  requirements?: Requirements,
): PythonRequirement[] {
  const named = [...pythons, ...(python === null ? [] : [python]), ...(requirements?.pythons ?? [])];
  // The same file may have been read twice: `pyproject.toml`, and `pyproject.toml (Poetry)`.
  const known = new Map(named.toReversed().map((wish) => [wish.from.replace(/ \((?!#).*/, ''), wish]));
  return [...known.values()].toReversed();
}

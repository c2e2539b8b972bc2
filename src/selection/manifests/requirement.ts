import { parsePipRequirementsLine, type Requirement } from 'pip-requirements-js';
import type { Facts } from '../../contract/facts.js';

type Dependency = Facts['dependencies'][number];

/** As PEP 503 writes names, so that `Foo_Bar` and `foo-bar` are the same. */
export const normaliseName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/**
 * A PEP 508 requirement, split into its name and the rest as written (`[extra]>=1; marker`, `@ url`). Undefined for what
 * has no name (a bare URL or path): the installer reads that, and selection needs names.
 */
export function readRequirement(text: string, from: string): Dependency | undefined {
  const written = text.trim();
  const parsed = parseOrUndefined(written);
  if (parsed === undefined || !('name' in parsed)) return undefined;
  return { name: normaliseName(parsed.name), specifier: written.slice(parsed.name.length).trim(), from };
}

export const readRequirementList = (texts: string[], from: string): Dependency[] =>
  texts.map((text) => readRequirement(text, from)).filter((dependency) => dependency !== undefined);

function parseOrUndefined(text: string): Requirement | undefined {
  try {
    return parsePipRequirementsLine(text) ?? undefined;
  } catch {
    return undefined;
  }
}

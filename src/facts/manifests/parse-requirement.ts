import { parsePipRequirementsLine } from 'pip-requirements-js';
import type { Facts } from '../../contract/facts.js';

type Dependency = Facts['dependencies'][number];

/** Maximum characters of a requirement; the parser takes a second for fifty thousand. */
const maxRequirementLength = 2000;

/** Matches `name==1.2`, a fast path for compiled files with thousands of lines: the parser takes 0.3 ms for each. */
const pinned = /^([A-Za-z0-9][\w.-]*)\s*(?:[=<>~!]=)\s*[\w.*+!-]+$/;

/** Normalizes a package name as PEP 503 defines, so that `Foo_Bar` and `foo-bar` are the same. */
export const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/**
 * Splits a PEP 508 requirement into its name and the rest as written (`[extra]>=1; marker`, `@ url`). Returns undefined
 * for a requirement without a name (a bare URL or path): selection needs names, and the installer reads the rest.
 */
export function parseRequirement(text: string, from: string): Dependency | undefined {
  const written = text.trim();
  const name = written.length > maxRequirementLength ? undefined : (pinned.exec(written)?.[1] ?? parseName(written));
  if (name === undefined) return undefined;
  return { name: normalizeName(name), specifier: written.slice(name.length).trim(), from };
}

export const parseRequirements = (texts: string[], from: string): Dependency[] =>
  texts.map((text) => parseRequirement(text, from)).filter((dependency) => dependency !== undefined);

function parseName(text: string): string | undefined {
  try {
    const parsed = parsePipRequirementsLine(text);
    return parsed !== null && parsed !== undefined && 'name' in parsed ? parsed.name : undefined;
  } catch {
    return undefined;
  }
}

import { BerthError } from '../../errors.js';
import { describeLocation, type SourceLine } from '../pip-files/source-line.js';
import { containsWrittenVersion, parseVersionRange, satisfies, type VersionRange } from '../python-version.js';
import type { Requirements } from '../requirements/read-requirements.js';
import { normalizeName } from './lock.js';

/**
 * Names the line of the repository that excludes a package of the strategy, when that is why the requirements do not
 * resolve. Returns any other error unchanged.
 */
export function explainStrategyConflict(error: unknown, requirements: Requirements): unknown {
  if (!(error instanceof BerthError) || error.code !== 'DEPENDENCY_UNRESOLVED') return error;
  const lines = listRequirementLines(requirements);
  for (const strategyRequirement of requirements.strategyRequirements) {
    const line = lines.find(({ text }) => excludes(text, strategyRequirement));
    if (line === undefined) continue;
    const message = `${describeLocation(line)} requires ${line.text}, which excludes ${strategyRequirement} of the strategy: change that line, or choose another strategy with --strategy`;
    return new BerthError(error.code, message, error.details, { cause: error });
  }
  return error;
}

function excludes(text: string, strategyRequirement: string): boolean {
  const [required, strategy] = [parseRequirement(text), parseRequirement(strategyRequirement)];
  if (required === undefined || strategy === undefined || required.name !== strategy.name) return false;
  const range = [...required.range, ...strategy.range];
  // Ranges with only upper bounds contain none of the versions that they name.
  return !containsWrittenVersion(range) && !satisfies([0], range);
}

/** Returns undefined for a requirement without a version range, or with one that is not plain numbers. */
function parseRequirement(text: string): { name: string; range: VersionRange } | undefined {
  const [, name, specifier] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([=<>~!][^;#()]*)/.exec(text) ?? [];
  if (name === undefined || specifier === undefined) return undefined;
  const range = parseVersionRange(specifier.replace(/\s--.*/s, ''));
  return range && { name: normalizeName(name), range };
}

function listRequirementLines({ pip, projects, texts, constraints, isStale, from }: Requirements): SourceLine[] {
  const inProjects = projects.flatMap((file) => listQuotedRequirements(file, texts[texts.indexOf(file) + 1] ?? ''));
  const locked = isStale ? [] : constraints.map((text) => ({ text, file: from, line: null }));
  return [...pip.requirements, ...pip.constraints, ...inProjects, ...locked];
}

/** Finds requirements in quotes or on lines of their own, as pyproject.toml, setup.py and setup.cfg write them. */
function listQuotedRequirements(file: string, text: string): SourceLine[] {
  return text.split('\n').flatMap((line, index) => {
    const quoted = [...line.matchAll(/"([^"]+)"|'([^']+)'/g)].map(([, double, single]) => double ?? single ?? '');
    return [...quoted, line.trim()].map((requirement) => ({ text: requirement, file, line: index + 1 }));
  });
}

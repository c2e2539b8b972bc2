import type { Facts } from '../contract/facts.js';
import type { Candidate } from '../contract/setting.js';
import type { Signal } from '../contract/strategy-config.js';
import type { StrategyEntry } from '../registry/index.js';

/** Scores a strategy: the sum of the weights of its signals that match a tag, each counted once. */
export function scoreStrategy(entry: StrategyEntry, facts: Facts): Candidate {
  const matches = (entry.config?.signals ?? []).flatMap((signal) => {
    const tag = facts.tags.find((name) => matchesPattern(signal.fact, name));
    return tag === undefined ? [] : [{ signal, tag }];
  });
  const candidate: Candidate = {
    strategy: entry.name,
    score: matches.reduce((sum, { signal }) => sum + signal.weight, 0),
    reasons: matches.map(({ signal, tag }) => describeMatch(signal, tag, facts)),
  };
  return entry.problem === null ? candidate : { ...candidate, excluded: entry.problem };
}

/** Describes a match: `+5 framework:fastapi: an HTTP application is served as is (app.py:3: app = FastAPI(…))`. */
function describeMatch({ weight, reason }: Signal, tag: string, facts: Facts): string {
  const evidence = findEvidence(tag, facts);
  return `${weight < 0 ? '' : '+'}${weight} ${tag}: ${reason}${evidence === undefined ? '' : ` (${evidence})`}`;
}

/** Returns the location in the repository that a tag comes from. */
export function findEvidence(tag: string, facts: Facts): string | undefined {
  const [kind, ...rest] = tag.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'framework':
      return facts.frameworks.find((framework) => framework.name === name)?.evidence;
    case 'dependency':
      return facts.dependencies.find((dependency) => dependency.name === name)?.from;
    case 'manifest':
      return describeManifest(facts.manifests.find((manifest) => manifest.kind === name));
    case 'entry':
      return facts.entryPoints.find(({ kind, callable }) => kind === 'function' && callable === name)?.file;
    case 'method':
      return facts.entryPoints.find(({ methods }) => methods.includes(name))?.file;
    case 'exposes':
      return `Dockerfile: EXPOSE ${facts.exposes.join(' ')}`;
    case 'gpu':
      return facts.gpu[0];
    case 'model':
      return facts.models[0];
    default:
      return undefined;
  }
}

/** Returns the manifest's file, or its problem with the line if it cannot be read. */
const describeManifest = (manifest: Facts['manifests'][number] | undefined): string | undefined =>
  manifest?.problem === undefined ? manifest?.file : `broken: ${manifest.problem}`;

/** Matches a name against a pattern in which `*` matches any characters. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

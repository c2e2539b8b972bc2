import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { StrategyEntry } from '../registry/index.js';
import { matchesPattern } from './score-strategy.js';

/**
 * The strategies, those that cannot use a repository of this kind made unavailable. Throws SOURCE_EMPTY, and
 * SOURCE_UNSUPPORTED for a repository in which there is nothing to deploy for any of them.
 */
export function checkSource(facts: Facts, path: string, entries: readonly StrategyEntry[]): StrategyEntry[] {
  if (facts.size.files === 0) {
    throw new BerthError('SOURCE_EMPTY', `${path} holds no files, apart from what its ignore files leave out`, {
      path,
    });
  }
  if (entries.some((entry) => isSupported(entry, facts))) return entries.map((entry) => markUnsupported(entry, facts));
  const lack = describeMissing(entries.flatMap(listSupportedTags));
  throw new BerthError('SOURCE_UNSUPPORTED', `${path} ${lack}: ${describeContent(facts)}`, { path });
}

const listSupportedTags = ({ config }: StrategyEntry): string[] => config?.takes ?? [];

const isSupported = (entry: StrategyEntry, { tags }: Facts): boolean =>
  listSupportedTags(entry).some((fact) => tags.some((tag) => matchesPattern(fact, tag)));

function markUnsupported(entry: StrategyEntry, facts: Facts): StrategyEntry {
  if (entry.state !== 'ready' || isSupported(entry, facts)) return entry;
  return { ...entry, state: 'unavailable', problem: `the repository ${describeMissing(listSupportedTags(entry))}` };
}

/** `holds no Python and no Dockerfile`, of `language:python` and `manifest:dockerfile`. */
function describeMissing(taken: string[]): string {
  const names = [...new Set(taken)].map((fact) => fact.slice(fact.indexOf(':') + 1));
  return `holds no ${names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join(' and no ')}`;
}

function describeContent({ languages, size }: Facts): string {
  const counts = Object.entries(languages).map(([language, files]) => `${files} ${language}`);
  const files = `${size.files} ${size.files === 1 ? 'file' : 'files'}`;
  if (languages.notebook !== undefined) return `${files} (${counts.join(', ')}); export the notebook as a .py file`;
  return counts.length === 0
    ? `${files}, none of them in a language that Berth knows`
    : `${files} (${counts.join(', ')})`;
}

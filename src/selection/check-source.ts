import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { StrategyEntry } from '../registry/index.js';
import { matchesPattern } from './score-strategy.js';

/**
 * Marks the strategies unavailable that cannot use a repository of this kind.
 *
 * @throws SOURCE_EMPTY, or SOURCE_UNSUPPORTED when no strategy can use the repository
 */
export function checkSource(facts: Facts, path: string, entries: readonly StrategyEntry[]): StrategyEntry[] {
  if (facts.size.files === 0) {
    throw new BerthError('SOURCE_EMPTY', `${path} contains no files except those that its ignore files exclude`, {
      path,
    });
  }
  if (entries.some((entry) => isSupported(entry, facts))) return entries.map((entry) => markUnsupported(entry, facts));
  const problem = describeMissing(entries.flatMap(listSupportedTags));
  throw new BerthError('SOURCE_UNSUPPORTED', `${path} ${problem}: ${describeContent(facts)}`, { path });
}

const listSupportedTags = ({ config }: StrategyEntry): string[] => config?.takes ?? [];

const isSupported = (entry: StrategyEntry, { tags }: Facts): boolean =>
  listSupportedTags(entry).some((pattern) => tags.some((tag) => matchesPattern(pattern, tag)));

function markUnsupported(entry: StrategyEntry, facts: Facts): StrategyEntry {
  if (entry.state !== 'ready' || isSupported(entry, facts)) return entry;
  return { ...entry, state: 'unavailable', problem: `the repository ${describeMissing(listSupportedTags(entry))}` };
}

/** Describes missing tags: `contains no Python and no Dockerfile` for `language:python` and `manifest:dockerfile`. */
function describeMissing(tags: string[]): string {
  const names = [...new Set(tags)].map((tag) => tag.slice(tag.indexOf(':') + 1));
  return `contains no ${names.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join(' and no ')}`;
}

function describeContent({ languages, size }: Facts): string {
  const counts = Object.entries(languages).map(([language, files]) => `${files} ${language}`);
  const files = `${size.files} ${size.files === 1 ? 'file' : 'files'}`;
  if (languages.notebook !== undefined) return `${files} (${counts.join(', ')}); export the notebook as a .py file`;
  return counts.length === 0
    ? `${files}, none of them in a language that Berth knows`
    : `${files} (${counts.join(', ')})`;
}

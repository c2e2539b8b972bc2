import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';

/** Throws SOURCE_EMPTY or SOURCE_UNSUPPORTED for a repository in which there is nothing to deploy. */
export function checkSource(facts: Facts, path: string): void {
  if (facts.size.files === 0) {
    throw new BerthError('SOURCE_EMPTY', `${path} holds no files, apart from what its ignore files leave out`, {
      path,
    });
  }
  if (facts.languages.python !== undefined) return;
  throw new BerthError('SOURCE_UNSUPPORTED', `${path} holds no Python: ${describeContent(facts)}`, { path });
}

function describeContent({ languages, size }: Facts): string {
  const counts = Object.entries(languages).map(([language, files]) => `${files} ${language}`);
  const files = `${size.files} ${size.files === 1 ? 'file' : 'files'}`;
  if (languages.notebook !== undefined) return `${files} (${counts.join(', ')}); export the notebook as a .py file`;
  return counts.length === 0
    ? `${files}, none of them in a language that Berth knows`
    : `${files} (${counts.join(', ')})`;
}

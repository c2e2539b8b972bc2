import ignore, { type Ignore } from 'ignore';
import { readSourceText } from './read-source-text.js';

/** Later files overrule earlier ones. `.berthignore` has the same format and no say outside Berth. */
const ignoreFiles = ['.gitignore', '.berthignore'];

/** Bytes and patterns of one ignore file: each file of the repository is held against each pattern. */
const maxFileBytes = 200_000;
const maxPatterns = 2000;

/** Wildcards in one part of a pattern: the time that a match takes grows by a power for each. */
const maxWildcards = 3;

/** The rules of one directory; patterns are relative to it. */
export interface IgnoreLayer {
  /** `''` for the root, else the directory's path with a closing `/`. */
  base: string;
  rules: Ignore;
  isBerthIgnore: boolean;
}

const defaultRules = ignore({ ignorecase: false }).add([
  ...['.[gG][iI][tT]', '.hg', '.svn'],
  ...['__pycache__', '*.pyc', 'node_modules', '.ipynb_checkpoints', '.DS_Store'],
  ...['.mypy_cache', '.pytest_cache', '.ruff_cache', '.tox', '.nox', '.langgraph_api'],
  ...['.env', '.env.*', '!.env.example'],
]);

/** What is never copied, whatever the ignore files say: histories, caches, and files that hold secrets. */
export const isExcludedByDefault = (name: string): boolean => defaultRules.ignores(name);

export interface LayerRequest {
  root: string;
  base: string;
  /** Of the regular files in the directory. */
  names: ReadonlySet<string>;
  above: readonly IgnoreLayer[];
  /** Hears of rules that are not followed. */
  onNote: (note: string) => void;
}

/** The directory's own rules, on top of those above it. */
export async function readIgnoreLayers(request: LayerRequest): Promise<readonly IgnoreLayer[]> {
  const { base, names, above } = request;
  const present = ignoreFiles.filter((name) => names.has(name));
  if (present.length === 0) return above;
  const layers = await Promise.all(
    present.map(async (name) => {
      const rules = ignore({ ignorecase: false }).add(await readPatterns(name, request));
      return { base, rules, isBerthIgnore: name === '.berthignore' };
    }),
  );
  return [...above, ...layers];
}

async function readPatterns(name: string, { root, base, onNote }: LayerRequest): Promise<string[]> {
  const { text, problem } = await readSourceText(root, base + name, maxFileBytes);
  if (text === undefined) {
    onNote(`${base}${name} is not followed: it ${problem}`);
    return [];
  }
  const patterns = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const followed = patterns.slice(0, maxPatterns).filter((pattern) => countWildcards(pattern) <= maxWildcards);
  const left = patterns.length - followed.length;
  if (left > 0) onNote(`${base}${name}: ${left} patterns are not followed, because matching them takes too long`);
  return followed;
}

/** The most in one part between slashes; `**` counts as one. */
const countWildcards = (pattern: string): number =>
  Math.max(...pattern.split('/').map((part) => part.replaceAll(/\*+/g, '*').split('*').length - 1));

/** As git decides: the deepest file that has a word on the path has the last word. Directories end with `/`. */
export function isIgnored(path: string, layers: readonly IgnoreLayer[]): boolean {
  for (const { base, rules } of layers.toReversed()) {
    const verdict = rules.test(path.slice(base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** Whether a `.berthignore` leaves the path out. */
export const isIgnoredByBerth = (path: string, layers: readonly IgnoreLayer[]): boolean =>
  isIgnored(
    path,
    layers.filter(({ base, isBerthIgnore }) => isBerthIgnore && path.startsWith(base) && path !== base),
  );

/**
 * The layers that hold inside a directory that is walked. One that ignores the directory itself, and was overruled by a
 * deeper one, would go on ignoring all below it: it has no say there.
 */
export const filterLayersWithin = (directory: string, layers: readonly IgnoreLayer[]): readonly IgnoreLayer[] =>
  layers.filter(({ base, rules }) => !rules.ignores(directory.slice(base.length)));

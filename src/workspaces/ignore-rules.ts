import ignore, { type Ignore } from 'ignore';
import { readSourceText } from './read-source-text.js';

/** Ignore files. Later ones overrule earlier ones. Only Berth reads `.berthignore`, which has the same format. */
const ignoreFiles = ['.gitignore', '.berthignore'];

/** Limits of one ignore file, because every file of the repository is matched against every pattern. */
const maxFileBytes = 200_000;
const maxPatterns = 2000;

/** Wildcards in one part of a pattern. Matching time grows exponentially with their number. */
const maxWildcards = 3;

/** Rules of one directory. Patterns are relative to it. */
export interface IgnoreLayer {
  /** `''` for the root, else the directory's path with a trailing `/`. */
  base: string;
  rules: Ignore;
  isBerthIgnore: boolean;
}

const defaultRules = ignore({ ignorecase: false }).add([
  '.[gG][iI][tT]',
  '.hg',
  '.svn',
  '__pycache__',
  '*.pyc',
  'node_modules',
  '.ipynb_checkpoints',
  '.DS_Store',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.langgraph_api',
  '.env',
  '.env.*',
  '!.env.example',
]);

/**
 * Checks for files that are never copied, regardless of the ignore files: histories, caches, and files with secrets.
 */
export const isExcludedByDefault = (name: string): boolean => defaultRules.ignores(name);

export interface LayerRequest {
  root: string;
  base: string;
  /** Names of the regular files in the directory. */
  names: ReadonlySet<string>;
  above: readonly IgnoreLayer[];
  /** Called for rules that are not applied. */
  onNote: (note: string) => void;
}

/** Reads the rules of a directory and adds them to those of its ancestors. */
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
    onNote(`${base}${name} is ignored: it ${problem}`);
    return [];
  }
  const patterns = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const applied = patterns.slice(0, maxPatterns).filter((pattern) => countWildcards(pattern) <= maxWildcards);
  const skipped = patterns.length - applied.length;
  if (skipped > 0) onNote(`${base}${name}: ${skipped} patterns are not applied, because matching them takes too long`);
  return applied;
}

/** Returns the maximum number of wildcards in one part between slashes. `**` counts as one. */
const countWildcards = (pattern: string): number =>
  Math.max(...pattern.split('/').map((part) => part.replaceAll(/\*+/g, '*').split('*').length - 1));

/** Decides like git: the deepest ignore file with a matching pattern wins. Paths of directories end with `/`. */
export function isIgnored(path: string, layers: readonly IgnoreLayer[]): boolean {
  for (const { base, rules } of layers.toReversed()) {
    const verdict = rules.test(path.slice(base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/** Checks whether a `.berthignore` excludes the path. */
export const isIgnoredByBerth = (path: string, layers: readonly IgnoreLayer[]): boolean =>
  isIgnored(
    path,
    layers.filter(({ base, isBerthIgnore }) => isBerthIgnore && path.startsWith(base) && path !== base),
  );

/**
 * Returns the layers that apply inside a directory. Leaves out a layer that ignores the directory itself but was
 * overruled by a deeper one, because it would ignore everything in the directory.
 */
export const filterLayersWithin = (directory: string, layers: readonly IgnoreLayer[]): readonly IgnoreLayer[] =>
  layers.filter(({ base, rules }) => !rules.ignores(directory.slice(base.length)));
